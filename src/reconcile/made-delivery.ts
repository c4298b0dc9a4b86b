/**
 * A change of which no webhook told, as a delivery of the log: what the webhook would have said of type, time and object, and
 * no more. The same change makes the same bytes, so that two gateways that find it store it once.
 */
import { randomUUID } from 'node:crypto';
import type { Delivery } from '../events/delivery.ts';
import type { JsonPath } from '../rest/json-path.ts';
import { splitDelivery } from '../webhooks/split.ts';
import type { Change } from './changes.ts';
import type { ReconcilePlan } from './plan.ts';

/** `receivedAt`: epoch milliseconds. */
export function makeDelivery(plan: ReconcilePlan, change: Change, receivedAt: number): Delivery {
  const { vendor, reading, typePath, timePath, timeUnit, objectPaths } = plan;
  const body = {};
  put(body, typePath, change.type);
  put(body, timePath, TIMES[timeUnit](change.time));
  put(body, objectPaths[0], change.rawId);
  const raw = Buffer.from(JSON.stringify(body));
  return {
    id: randomUUID(),
    ...{ vendor, receivedAt, headers: {}, raw },
    verifiedBy: 'reconciliation',
    ...splitDelivery(reading, { raw, headers: {}, receivedAt }),
  };
}

const TIMES = {
  ms: (time: number) => time,
  s: (time: number) => Math.floor(time / 1_000),
  iso: (time: number) => new Date(time).toISOString(),
};

/** Paths come from vendor.yaml; one through another's value would be the author's fault, and is left out. */
function put(body: Record<string, unknown>, path: JsonPath, value: unknown): void {
  const [key, ...rest] = path;
  if (key === undefined) return;
  if (rest.length === 0) body[key] = value;
  else {
    const inner = Object.hasOwn(body, key) ? body[key] : {};
    if (typeof inner !== 'object' || inner === null) return;
    body[key] = inner;
    // An object, as was just asked.
    put(inner as Record<string, unknown>, rest, value);
  }
}
