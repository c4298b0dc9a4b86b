/** Every event every sandbox vendor can send, with the settings of the reference graph. */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readGraphFolder } from '../../src/config/graph-folder.ts';
import type { Delivery } from '../../src/events/delivery.ts';
import { DEFAULT_SOURCES_FOLDER, loadEmulators } from '../../src/sandbox/emulator-files.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { VENDOR_NAMES } from '../../src/sandbox/vendor-name.ts';
import { resolveWebhooks } from '../../src/webhooks/resolve-webhooks.ts';
import { createMemoryLog, type MemoryLog } from './memory-log.ts';
import { type ReceiverUnderTest, startReceiver } from './receiver-under-test.ts';

const SENDERS = VENDOR_NAMES.filter((vendor) => vendor !== 'pdl');
const folder = readGraphFolder(fileURLToPath(new URL('../..', import.meta.url)));

const log: MemoryLog = createMemoryLog();
let sandbox: Sandbox;
let under: ReceiverUnderTest;

beforeAll(async () => {
  sandbox = await startSandbox();
  const { webhooks, problems } = resolveWebhooks({
    sources: folder.sources,
    sandbox: sandbox.webhookSecrets,
    readSecret: (reference) => {
      throw new Error(`${reference} was asked for in the sandbox.`);
    },
  });
  expect(problems).toEqual([]);
  under = await startReceiver({ log, webhooks: [...webhooks.values()], publicUrl: () => under.url, now: Date.now });
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ url: `${under.url}/webhooks` });
  await fetch(`${sandbox.controlUrl}/webhooks`, { method: 'PUT', headers, body });
});

afterAll(async () => {
  await under[Symbol.asyncDispose]();
  await sandbox[Symbol.asyncDispose]();
});

async function emit(vendor: string, type: string, count = 1): Promise<Delivery[]> {
  const before = log.stored.length;
  const body = JSON.stringify({ vendor, type, count });
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${sandbox.controlUrl}/emit`, { method: 'POST', headers, body });
  const { deliveries } = (await answer.json()) as { deliveries: { status: number }[] };
  expect(deliveries.map(({ status }) => status)).toEqual(Array.from({ length: count }, () => 200));
  return log.stored.slice(before);
}

const emulators = await loadEmulators(DEFAULT_SOURCES_FOLDER, SENDERS);

it('covers every vendor that sends any', () => {
  expect([...emulators.keys()].toSorted()).toEqual([...SENDERS].toSorted());
  expect(
    folder.sources
      .filter(({ config }) => config.webhook !== undefined)
      .map(({ vendor }) => vendor)
      .toSorted(),
  ).toEqual([...SENDERS].toSorted());
});

describe.each(SENDERS)('%s', (vendor) => {
  it('has every event it can send stored under the vendor’s own name, with a time of today', async () => {
    const types = eventTypesOf(vendor);
    expect(types.length).toBeGreaterThan(2);
    for (const type of types) {
      const deliveries = await emit(vendor, type);
      expect(deliveries).toHaveLength(1);
      const events = deliveries.flatMap((delivery) => delivery.events);
      expect(events.length).toBeGreaterThan(0);
      for (const event of events) {
        expect(event).toMatchObject({ type, unsigned: [] });
        expect(Math.abs((event.vendorTime ?? 0) - Date.now())).toBeLessThan(366 * 86_400_000);
      }
      expect(deliveries[0]).toMatchObject({ vendor, verifiedBy: 'sandbox', deadLetters: [] });
    }
  });
});

it('takes each of many deliveries for an event of its own', async () => {
  for (const [vendor, type] of [
    ['stripe', 'customer.updated'],
    ['hubspot', 'contact.propertyChange'],
    ['slack', 'message'],
  ]) {
    await emit(vendor ?? '', type ?? '', 10);
  }
  expect(Object.keys(under.counted).filter((name) => /duplicate|conflict|poison|unauthentic/.test(name))).toEqual([]);
});

function eventTypesOf(vendor: string): readonly string[] {
  const create = emulators.get(SENDERS.find((name) => name === vendor) ?? 'pdl');
  const kit = { world: sandbox.world, now: Date.now, random: () => 0.5, recordWrite: () => {}, rateFactor: 1 };
  return create?.(kit).eventTypes ?? [];
}
