/** Bodies that are too large, too slow, too many or never whole, by hand over sockets. */
import { expect, it } from 'vitest';
import { createMemoryLog } from './memory-log.ts';
import { startReceiver } from './receiver-under-test.ts';
import { NOW, signerOf } from './signers.ts';
import { chunkOf, openSender } from './slow-sender.ts';
import { webhookOf } from './webhook-of.ts';

const stripe = signerOf('stripe');
const STRIPE = webhookOf({ ...stripe, vendor: 'stripe', settings: { id: 'id', maxBytes: 1_000 } });
const PATH = '/webhooks/stripe';
const CHUNKED = ['transfer-encoding: chunked'];

function bodyOf(bytes: number): string {
  const body = '{"id":"evt_1","type":"a","x":""}';
  return body.replace('""', `"${'x'.repeat(bytes - body.length)}"`);
}

const post = (under: Awaited<ReturnType<typeof startReceiver>>, body: string) =>
  under.post(PATH, body, stripe.sign({ body, at: NOW }));

it('takes a body of just the size that is allowed, and none of a byte more', async () => {
  await using under = await startReceiver({ log: createMemoryLog(), webhooks: [STRIPE] });
  expect((await post(under, bodyOf(1_000))).status).toBe(200);
  expect((await post(under, bodyOf(1_001))).status).toBe(413);
  expect(under.counted).toMatchObject({ 'delivery stripe too_large': 1, 'refused stripe too_large': 1 });
  expect(under.logged.join()).toContain('"declaredBytes":1001');
});

it('refuses a body that says it is too large before any of it came', async () => {
  await using under = await startReceiver({ log: createMemoryLog(), webhooks: [STRIPE] });
  using sender = await openSender(under.port, PATH, ['content-length: 1000000000']);
  await sender.ended;
  expect(sender.said).toMatch(/^HTTP\/1\.1 413 /);
  expect(sender.said).toMatch(/connection: close/i);
});

it('refuses a body that does not say its size as soon as it is too large', async () => {
  await using under = await startReceiver({ log: createMemoryLog(), webhooks: [STRIPE] });
  using sender = await openSender(under.port, PATH, CHUNKED);
  sender.write(chunkOf('x'.repeat(1_000)));
  sender.write(chunkOf('x'));
  await sender.ended;
  expect(sender.said).toMatch(/^HTTP\/1\.1 413 /);
});

it('puts off a sender whose body does not come to an end', async () => {
  await using under = await startReceiver({ log: createMemoryLog(), webhooks: [STRIPE], readTimeoutMs: 50 });
  using sender = await openSender(under.port, PATH, ['content-length: 100']);
  sender.write('{"id":');
  await sender.ended;
  expect(sender.said).toMatch(/^HTTP\/1\.1 503 /);
  expect(sender.said).toMatch(/retry-after: 5\r\n/i);
  expect(under.counted).toEqual({ 'delivery stripe unavailable': 1, 'refused stripe too_slow': 1 });
});

it('puts off bodies while those in flight fill the memory set aside, and takes them again when it is free', async () => {
  const log = createMemoryLog();
  await using under = await startReceiver({ log, webhooks: [STRIPE], mostBytes: 1_500 });
  const release = log.hold();
  const first = post(under, bodyOf(900));
  await expect.poll(() => log.waiting).toBe(1);
  expect((await post(under, bodyOf(800))).status).toBe(503);
  expect(under.counted).toEqual({
    'delivery stripe unavailable': 1,
    'refused stripe budget_used_up': 1,
    'verifiedBy stripe default': 1,
  });
  release();
  expect((await first).status).toBe(200);
  for (let count = 0; count < 10; count += 1) expect((await post(under, bodyOf(900))).status).toBe(200);
});

it('forgets what a sender left behind that went away, and gives its memory back', async () => {
  await using under = await startReceiver({ log: createMemoryLog(), webhooks: [STRIPE], mostBytes: 1_000 });
  for (let count = 1; count <= 5; count += 1) {
    const sender = await openSender(under.port, PATH, CHUNKED);
    sender.write(chunkOf('x'.repeat(400)));
    sender[Symbol.dispose]();
    await expect.poll(() => under.counted['delivery stripe left']).toBe(count);
  }
  expect((await post(under, bodyOf(1_000))).status).toBe(200);
  await under.receiver.drain();
});

it('keeps no room for a body that was refused half-way', async () => {
  await using under = await startReceiver({ log: createMemoryLog(), webhooks: [STRIPE], mostBytes: 1_000 });
  for (let count = 0; count < 5; count += 1) {
    using sender = await openSender(under.port, PATH, CHUNKED);
    sender.write(chunkOf('x'.repeat(600)));
    sender.write(chunkOf('x'.repeat(600)));
    await sender.ended;
    expect(sender.said).toMatch(/^HTTP\/1\.1 (413|503) /);
  }
  expect((await post(under, bodyOf(1_000))).status).toBe(200);
});

it('lets a connection live on after a delivery that was refused', async () => {
  await using under = await startReceiver({ log: createMemoryLog(), webhooks: [STRIPE] });
  using sender = await openSender(under.port, PATH, ['content-length: 2']);
  sender.write('{}');
  await expect.poll(() => sender.said).toMatch(/^HTTP\/1\.1 401 /);
  const body = bodyOf(100);
  const headers = Object.entries(stripe.sign({ body, at: NOW })).map(([name, value]) => `${name}: ${value}\r\n`);
  sender.write(`POST ${PATH} HTTP/1.1\r\nhost: gateway\r\ncontent-length: 100\r\n${headers.join('')}\r\n${body}`);
  await expect.poll(() => sender.said).toContain('HTTP/1.1 200 ');
});
