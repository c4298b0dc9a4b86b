/**
 * Quotas of one gateway process. What is kept is bounded: of more clients than that, those whose buckets are full are
 * forgotten, which loses nothing, or else the one that has asked for nothing the longest, which then begins anew.
 */
import type { QuotaLimits } from '../config/quota-limits.ts';
import { type Admission, type Asked, QUOTA_POLICIES, type Quota, type Refused } from './quota.ts';
import { ClientBuckets } from './token-bucket.ts';

export interface MemoryQuotaOptions {
  /** Milliseconds, from anywhere. @default performance.now */
  now?: () => number;
  /** @default 10_000 */
  maxClients?: number;
}

export interface MemoryQuota extends Quota {
  admit(client: string, limits: QuotaLimits, asked: Asked): Admission;
  /** Clients kept. */
  readonly size: number;
}

interface Client {
  buckets: ClientBuckets;
  /** Operations that have not ended. */
  operations: number;
  /** Subscriptions that are open. */
  streams: number;
}

/** Looked at for one to forget, from the one that asked longest ago. */
const LOOKED_AT = 16;
/** Nobody knows when an operation ends; most have by then. */
const RETRY_WHEN_BUSY_MS = 1_000;

export function createMemoryQuota({
  now = () => performance.now(),
  maxClients = 10_000,
}: MemoryQuotaOptions = {}): MemoryQuota {
  // In order of last use: a Map keeps the order of insertion.
  const clients = new Map<string, Client>();
  // To move what is last already would make the Map write itself anew at every other request.
  let newest: string | undefined;

  const find = (name: string, limits: QuotaLimits): Client => {
    const at = now();
    const known = clients.get(name);
    if (!known && clients.size >= maxClients) forgetOne(clients, at);
    const client = known ?? { buckets: new ClientBuckets(limits, at), operations: 0, streams: 0 };
    if (!known || name !== newest) {
      clients.delete(name);
      clients.set(name, client);
      newest = name;
    }
    client.buckets.fill(limits, at);
    return client;
  };

  return {
    get size() {
      return clients.size;
    },
    admit(name, limits, asked) {
      const client = find(name, limits);
      const refusal = refusalOf(client, limits, asked);
      if (refusal) {
        const told = afterRequest(refusal, client.buckets, asked);
        return { admitted: false, standing: { policies: client.buckets.standing() }, refusal: told };
      }
      client.buckets.take(asked);
      hold(client, asked, 1);
      let settled = false;
      return {
        admitted: true,
        standing: { policies: client.buckets.standing() },
        settle(actualCost) {
          if (settled) return;
          settled = true;
          hold(client, asked, -1);
          client.buckets.correctCost(asked.cost - actualCost);
        },
      };
    },
  };
}

/** It has asked, which takes its request; whoever asks again needs another one by then. */
function afterRequest(refusal: Refused['refusal'], buckets: ClientBuckets, asked: Asked): Refused['refusal'] {
  if (asked.isEvent || asked.isStream) return refusal;
  const request = { cost: 0, write: false };
  if (!asked.isCounted && !buckets.shortage(request)) buckets.take(request);
  const waitMs = Math.ceil(buckets.shortage(request)?.waitMs ?? 0);
  return refusal.retryAfterMs === undefined
    ? refusal
    : { ...refusal, retryAfterMs: Math.max(refusal.retryAfterMs, waitMs) };
}

function hold(client: Client, { isEvent, isStream }: Asked, change: 1 | -1): void {
  if (isStream) client.streams += change;
  else if (!isEvent) client.operations += change;
}

function refusalOf(
  { buckets, operations, streams }: Client,
  limits: QuotaLimits,
  asked: Asked,
): Refused['refusal'] | undefined {
  const shortage = buckets.shortage(asked);
  if (shortage) {
    const quota = QUOTA_POLICIES[shortage.index]?.name.replace('-', ' per ') ?? '';
    return Number.isFinite(shortage.waitMs) ? { quota, retryAfterMs: Math.ceil(shortage.waitMs) } : { quota };
  }
  if (asked.isStream) return fullOf('open subscriptions', streams, limits.subscriptions);
  return asked.isEvent ? undefined : fullOf('operations at the same time', operations, limits.concurrency);
}

function fullOf(quota: string, held: number, most: number): Refused['refusal'] | undefined {
  if (held < most) return undefined;
  return most > 0 ? { quota, retryAfterMs: RETRY_WHEN_BUSY_MS } : { quota };
}

function forgetOne(clients: Map<string, Client>, nowMs: number): void {
  let oldest: string | undefined;
  let looked = 0;
  for (const [name, { buckets, operations, streams }] of clients) {
    if (looked === LOOKED_AT) break;
    looked += 1;
    if (operations + streams > 0) continue;
    oldest ??= name;
    if (!buckets.isFull(nowMs)) continue;
    clients.delete(name);
    return;
  }
  const [first] = clients.keys();
  const forgotten = oldest ?? first;
  if (forgotten !== undefined) clients.delete(forgotten);
}
