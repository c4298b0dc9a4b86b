/** The sandbox's vendors, a log, and looks at what changed without a webhook, all by one clock that tests move. */
import { randomUUID } from 'node:crypto';
import { readComposedSchema, readGraphFolder } from '../../src/config/graph-folder.ts';
import type { EventLog, LoggedEvent } from '../../src/events/log.ts';
import { createGraph } from '../../src/graph/schema.ts';
import { JOINS } from '../../src/joins/joins.ts';
import { createReconciliation, type PassResult } from '../../src/reconcile/pass.ts';
import { type ReconcilePlan, readReconcilePlans } from '../../src/reconcile/plan.ts';
import { createRestExecutor } from '../../src/rest/executor.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import type { VendorName } from '../../src/sandbox/vendor-name.ts';
import { createVendorDoor } from '../../src/vendors/door.ts';
import { sandboxConnection } from '../../src/vendors/vendor-connection.ts';
import { splitDelivery } from '../../src/webhooks/split.ts';
import type { LogPlace } from '../events/log.contract.ts';
import { startWebhookReceiver } from '../sources/webhook-receiver.ts';
import { ROOT } from '../start/running-command.ts';

const folder = readGraphFolder(ROOT);
const { operations } = createGraph(readComposedSchema(folder), JOINS);

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

export interface Reconciling extends AsyncDisposable {
  sandbox: Sandbox;
  log: EventLog;
  /** Epoch milliseconds, for everybody. */
  clock: { now: number };
  plan: ReconcilePlan;
  /** A gateway that starts now, with a log opened anew. */
  gateway(): Promise<{ look(): Promise<PassResult>; log: EventLog }>;
  /** The vendor's world changes, and its webhook is lost. Returns the body nobody got. */
  lose(type: string): Promise<string>;
  /** As `lose`, but the webhook came. */
  deliver(type: string): Promise<string>;
  /** What the log has of the vendor. */
  logged(): Promise<LoggedEvent[]>;
}

export async function startReconciling(vendor: VendorName, place: LogPlace): Promise<Reconciling> {
  const clock = { now: Date.UTC(2026, 10, 20, 9, 0, 0, 500) };
  const receiver = await startWebhookReceiver();
  const sandbox = await startSandbox({
    vendors: [vendor],
    rateFactor: 1_000,
    webhookBaseUrl: receiver.url,
    now: () => clock.now,
  });
  const sources = folder.sources.filter((source) => source.vendor === vendor);
  const [plan] = readReconcilePlans(sources, operations);
  if (plan === undefined) throw new Error(`${vendor} has no reconcile block.`);
  const configs = new Map(sources.map(({ config }) => [vendor as string, config]));
  const connections = new Map(
    sources.map(({ config }) => [
      config.vendor,
      sandboxConnection(config, sandbox.urls[vendor], sandbox.credentials[vendor]),
    ]),
  );
  const door = createVendorDoor({ connections, now: () => clock.now });
  const rest = createRestExecutor({ operations, vendors: configs, door });
  const log = await place.open(() => clock.now);

  const lose = async (type: string): Promise<string> => {
    const response = await fetch(`${sandbox.controlUrl}/emit`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ vendor, type }),
    });
    if (!response.ok) throw new Error(await response.text());
    return receiver.received.at(-1)?.body ?? '';
  };

  return {
    ...{ sandbox, log, clock, plan, lose },
    async gateway() {
      const own = await place.open(() => clock.now);
      const part = createReconciliation({ log: own, rest, plan, now: () => clock.now });
      return { log: own, look: () => part.pass(new AbortController().signal) };
    },
    async deliver(type) {
      const body = await lose(type);
      const raw = Buffer.from(body);
      const receivedAt = clock.now;
      const split = splitDelivery(plan.reading, { raw, headers: {}, receivedAt });
      await log.append({ id: randomUUID(), vendor, receivedAt, headers: {}, raw, verifiedBy: 'sandbox', ...split });
      return body;
    },
    logged: () => log.find({ filter: [{ vendor }] }, 1_000),
    async [Symbol.asyncDispose]() {
      await door[Symbol.asyncDispose]();
      await sandbox[Symbol.asyncDispose]();
      await receiver[Symbol.asyncDispose]();
    },
  };
}
