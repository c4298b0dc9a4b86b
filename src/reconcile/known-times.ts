/** When the log last heard of an object: a change is known when an event tells of its object at its time or later. */
import type { EventLog, LoggedEvent, Position } from '../events/log.ts';
import { readJsonPath } from '../rest/json-path.ts';
import type { Change } from './changes.ts';
import type { ReconcilePlan } from './plan.ts';

const PAGE = 500;
/** How far the vendor's clock may be behind ours. */
const CLOCKS_MS = 600_000;

/** By id of the object, of those that changed: epoch milliseconds by the vendor's clock. Whatever is not there is unknown. */
export async function knownTimes(
  log: Pick<EventLog, 'find'>,
  plan: ReconcilePlan,
  changes: readonly Change[],
): Promise<ReadonlyMap<string, number>> {
  const wanted = new Set(changes.map(({ id }) => id));
  const times = new Map<string, number>();
  const filter = [{ vendor: plan.vendor, types: plan.types }];
  const from = Math.min(...changes.map(({ time }) => time)) - CLOCKS_MS;
  let after: Position | undefined;
  for (let more = true; more; ) {
    const events = await log.find({ filter, from, after }, PAGE);
    for (const event of events) {
      for (const id of objectsOf(plan, event)) {
        if (wanted.has(id)) times.set(id, Math.max(times.get(id) ?? 0, event.vendorTime ?? event.receivedAt));
      }
    }
    more = events.length === PAGE;
    after = events.at(-1)?.position;
  }
  return times;
}

function objectsOf({ objectPaths }: ReconcilePlan, { body }: LoggedEvent): string[] {
  const value: unknown = JSON.parse(body);
  return objectPaths.flatMap((path) => {
    const id = readJsonPath(value, path);
    return typeof id === 'string' || typeof id === 'number' ? [String(id)] : [];
  });
}
