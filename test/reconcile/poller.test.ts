/** A whole gateway that looks for lost webhooks every second, and who is subscribed to it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { ConfigError } from '../../src/config/config-error.ts';
import { readComposedSchema, readGraphFolder } from '../../src/config/graph-folder.ts';
import { createGraph } from '../../src/graph/schema.ts';
import { JOINS } from '../../src/joins/joins.ts';
import { readReconcilePlans } from '../../src/reconcile/plan.ts';
import { copyGraphFolder, type GraphFolderCopy } from '../faults/graph-folder-copy.ts';
import { type GatewayUnderTest, startGatewayUnderTest } from '../gateway-under-test.ts';
import { ROOT } from '../start/running-command.ts';
import { overWebSocket } from '../streams/subscription.ts';

const NOWHERE = 'http://127.0.0.1:9';
const EMITTED = [
  ['bamboohr', 'employee.updated'],
  ['calcom', 'BOOKING_CREATED'],
] as const;
const QUERY =
  'subscription { events(vendors: [bamboohr, calcom]) { vendor type replayed ...on BamboohrEmployeeEvent { employee { employeeId } } ...on CalcomBookingEvent { booking { uid } } } }';

/** The reference graph, where changes settle soon, yet after their webhooks. `change` is merged into both blocks. */
function hastyFolder(change: Record<string, unknown> = { everySeconds: 1, settleSeconds: 2 }): GraphFolderCopy {
  const copy = copyGraphFolder({});
  for (const [vendor] of EMITTED) {
    const path = join(copy.dir, 'sources', vendor, 'vendor.yaml');
    const config = parse(readFileSync(path, 'utf8'));
    writeFileSync(path, stringify({ ...config, reconcile: { ...config.reconcile, ...change } }));
  }
  return copy;
}

async function looksDone({ gateway }: GatewayUnderTest): Promise<number> {
  const answer = await fetch(`${gateway.url}/metrics`, { headers: { authorization: 'Bearer vg_demo_admin' } });
  const counts = (await answer.text()).matchAll(/^vendorgraph_reconciliations_total\{.*result="done".*\} (\d+)$/gm);
  return Math.min(...EMITTED.map(() => Number(counts.next().value?.[1] ?? 0)));
}

/** Until both vendors were looked at some times more: what was to be told is told then. */
async function lookedOn(running: GatewayUnderTest): Promise<void> {
  const before = await looksDone(running);
  await expect.poll(() => looksDone(running), { timeout: 20_000 }).toBeGreaterThan(before + 3);
}

async function emitAll(running: GatewayUnderTest): Promise<void> {
  for (const [vendor, type] of EMITTED) await running.control('POST', '/emit', { vendor, type });
}

describe('a gateway that looks for lost webhooks', () => {
  it('gives a subscriber each change once, whether its webhook came or not', async () => {
    using folder = hastyFolder();
    await using running = await startGatewayUnderTest({ graphDir: folder.dir });
    await using stream = overWebSocket(running.gateway.url, { query: QUERY, key: 'vg_demo_admin' });
    await stream.opened;
    await running.control('PUT', '/webhooks', { url: NOWHERE });
    await emitAll(running);
    await expect.poll(() => stream.items.length, { timeout: 10_000 }).toBe(2);
    await running.control('PUT', '/webhooks', { url: `${running.gateway.url}/webhooks` });
    await emitAll(running);
    await expect.poll(() => stream.items.length, { timeout: 10_000 }).toBeGreaterThan(3);
    await lookedOn(running);
    const events = stream.items.map(({ data }) => data['events']);
    expect(events).toHaveLength(4);
    expect(events).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ type: 'employee.updated', employee: { employeeId: expect.any(String) } }),
        expect.objectContaining({ type: 'BOOKING_CREATED', booking: { uid: expect.any(String) }, replayed: false }),
      ]),
    );
    expect(running.logged.filter((line) => line.includes('events were made of them'))).toHaveLength(2);
  }, 30_000);
});

it('says of every reconcile block what of it cannot be', () => {
  const wrong: [Record<string, unknown>, string][] = [
    [{ operation: 'changedPeople' }, 'Found "changedPeople", expected a read of openapi.yaml.'],
    [{ operation: 'createBooking' }, 'Found "createBooking", expected a read of openapi.yaml.'],
    [{ since: 'lately' }, 'Found argument "lately", which calcomBookings does not take.'],
    [{ arguments: { sort: 'asc' } }, 'Found argument "sort", which calcomBookings does not take.'],
  ];
  const { operations } = createGraph(readComposedSchema(readGraphFolder(ROOT)), JOINS);
  for (const [change, message] of wrong) {
    using copy = hastyFolder(change);
    const { sources } = readGraphFolder(copy.dir);
    const read = () => readReconcilePlans(sources, operations);
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(message);
    expect(read).toThrow(/bamboohr\/vendor\.yaml:\d+/);
  }
});
