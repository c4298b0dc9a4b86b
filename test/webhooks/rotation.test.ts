/** A secret is exchanged: no delivery is lost on the way, and one sees when the old one is needed no more. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createSecretReader } from '../../src/secrets/secret.ts';
import { schemeOf } from '../../src/webhooks/schemes.ts';
import { createWebhookSecret } from '../../src/webhooks/webhook-secret.ts';
import { createMemoryLog } from './memory-log.ts';
import { startReceiver } from './receiver-under-test.ts';
import { NOW, SIGNERS, signerOf } from './signers.ts';
import { webhookOf } from './webhook-of.ts';

const HOUR = 3_600_000;
const BODY = '{"id":"evt_1","type":"a"}';
const iso = (at: number) => new Date(at).toISOString();

/** The old one ends 48 h from NOW, the new one begins now. */
const rotating = (old: string, fresh: string) => [
  { id: 'old', value: old, notAfter: iso(NOW + 48 * HOUR) },
  { id: 'new', value: fresh, notBefore: iso(NOW) },
];

it.each(SIGNERS)('$name: both secrets verify while both are live, and what is told is which', async (signer) => {
  const { scheme, secret, otherSecret, sign } = signer;
  const webhooks = [webhookOf({ vendor: 'vendor', scheme, secret: rotating(secret, otherSecret) })];
  let now = NOW;
  await using under = await startReceiver({ log: createMemoryLog(), webhooks, now: () => now });
  const statusOf = async (by: string) =>
    (await under.post('/webhooks/vendor', BODY, sign({ body: BODY, at: now, secret: by }))).status;
  expect([await statusOf(secret), await statusOf(otherSecret)]).toEqual([200, 200]);
  expect(under.counted).toMatchObject({ 'verifiedBy vendor old': 1, 'verifiedBy vendor new': 1 });
  now = NOW - 1;
  expect(await statusOf(secret)).toBe(200);
  now = NOW + 48 * HOUR;
  expect([await statusOf(secret), await statusOf(otherSecret)]).toEqual([401, 200]);
});

it('puts a mismatch off while a rotation is declared, so that a wrong new secret loses nothing', async () => {
  const { scheme, secret, otherSecret, sign } = signerOf('bamboohr');
  const webhooks = [webhookOf({ vendor: 'vendor', scheme, secret: rotating(secret, 'mistyped') })];
  let now = NOW;
  await using under = await startReceiver({ log: createMemoryLog(), webhooks, now: () => now });
  const statusOf = async (headers: Record<string, string>) =>
    (await under.post('/webhooks/vendor', BODY, headers)).status;
  const signed = () => sign({ body: BODY, at: now, secret: otherSecret });
  expect(await statusOf(signed())).toBe(503);
  // What nobody signed, or signed long ago, is no matter of secrets.
  expect(await statusOf({})).toBe(401);
  expect(await statusOf(sign({ body: BODY, at: now - HOUR, secret }))).toBe(401);
  now = NOW + 48 * HOUR;
  expect(await statusOf(signed())).toBe(401);
  expect(under.counted).toMatchObject({
    'refused vendor mismatch_in_rotation': 1,
    'refused vendor signature_mismatch': 1,
  });
});

it('names the newer secret when the vendor signs with both', async () => {
  const { scheme, secret, otherSecret, sign } = signerOf('stripe');
  const webhooks = [webhookOf({ vendor: 'vendor', scheme, secret: rotating(secret, otherSecret) })];
  await using under = await startReceiver({ log: createMemoryLog(), webhooks });
  const [old, fresh] = [secret, otherSecret].map(
    (by) => sign({ body: BODY, at: NOW, secret: by })['stripe-signature'] ?? '',
  );
  const both = { 'stripe-signature': `${old},${fresh?.replace(/^t=\d+,/, '')}` };
  expect((await under.post('/webhooks/vendor', BODY, both)).status).toBe(200);
  expect(under.counted).toMatchObject({ 'verifiedBy vendor new': 1 });
  expect(under.counted).not.toHaveProperty('verifiedBy vendor old');
});

it('warns, once, when the vendor still signs with a secret that ends within a day', async () => {
  const { scheme, secret, otherSecret, sign } = signerOf('stripe');
  const webhooks = [webhookOf({ vendor: 'vendor', scheme, secret: rotating(secret, otherSecret) })];
  let now = NOW;
  await using under = await startReceiver({ log: createMemoryLog(), webhooks, now: () => now });
  const post = (by: string) => under.post('/webhooks/vendor', BODY, sign({ body: BODY, at: now, secret: by }));
  await post(secret);
  expect(under.logged).toEqual([]);
  now = NOW + 24 * HOUR;
  for (const by of [secret, secret, otherSecret]) await post(by);
  expect(under.logged.map((line) => JSON.parse(line))).toMatchObject([
    { vendor: 'vendor', reason: 'old', endsAt: iso(NOW + 48 * HOUR) },
  ]);
});

it('takes a secret that was exchanged in its file from the next delivery on', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vendorgraph-secret-'));
  try {
    const { scheme, secret, otherSecret, sign } = signerOf('stripe');
    const path = join(folder, 'secret');
    const readSecret = createSecretReader({ env: {} });
    const read = createWebhookSecret({ id: 'file' }, schemeOf(scheme), () => readSecret(`secret://file/${path}`));
    const webhooks = [{ ...webhookOf({ vendor: 'vendor', scheme, secret }), secrets: [read] }];
    await using under = await startReceiver({ log: createMemoryLog(), webhooks });
    const statusOf = async (by: string) =>
      (await under.post('/webhooks/vendor', BODY, sign({ body: BODY, at: NOW, secret: by }))).status;
    writeFileSync(path, secret);
    expect([await statusOf(secret), await statusOf(otherSecret)]).toEqual([200, 401]);
    writeFileSync(path, `${otherSecret}\n`);
    expect([await statusOf(secret), await statusOf(otherSecret)]).toEqual([401, 200]);
    rmSync(path);
    expect(await statusOf(otherSecret)).toBe(503);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
