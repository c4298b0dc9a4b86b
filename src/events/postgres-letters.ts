/** Dead letters, and what is made of one later. */
import { GatewayError } from '../errors.ts';
import type { DeadLetterReason, NewEvent } from './delivery.ts';
import type { Appended, DeadLetter, Operator } from './log.ts';
import { appendGroup } from './postgres-append.ts';
import { recordAct } from './postgres-audit.ts';
import type { Queries } from './postgres-database.ts';
import { Values } from './postgres-filter.ts';

export interface LetterQuery {
  vendor?: string;
  reason?: DeadLetterReason;
  id?: string;
  /** Those that are done, too. */
  all?: boolean;
}

const ID = /^[1-9]\d{0,14}$/;

/** Newest first. */
export async function findLetters(queries: Queries, query: LetterQuery, limit: number): Promise<DeadLetter[]> {
  const values = new Values();
  const conditions = [query.all === true ? 'true' : 'redriven_at is null'];
  if (query.vendor !== undefined) conditions.push(`vendor = ${values.add(query.vendor, 'text')}`);
  if (query.reason !== undefined) conditions.push(`reason = ${values.add(query.reason, 'text')}`);
  if (query.id !== undefined) conditions.push(ID.test(query.id) ? `id = ${values.add(query.id, 'bigint')}` : 'false');
  return await queries.query<DeadLetter>(
    `select id::text as id, delivery_id as "deliveryId", vendor, ix, reason, detail,
            created_at as "createdAt", redriven_at as "redrivenAt"
     from vendorgraph.dead_letter where ${conditions.join(' and ')}
     order by dead_letter.id desc limit ${values.add(limit, 'bigint')}`,
    values.list,
  );
}

/** Inside a transaction. What was stored of the delivery before is a duplicate, also when its keys are forgotten. */
export async function redriveLetter(
  queries: Queries,
  id: string,
  events: readonly NewEvent[],
  by: Operator,
  now: number,
): Promise<Appended> {
  const delivery = await markRedriven(queries, id, now);
  const there = await storedIxs(queries, delivery.id);
  const fresh = events.filter(({ ix }) => !there.has(ix));
  const member = { delivery: { ...delivery, receivedAt: now, events: fresh, deadLetters: [] } };
  const [appended] = await appendGroup(queries, [member], now);
  await recordAct(queries, { action: 'redrive', by, at: now, detail: { deadLetter: id, events: events.length } });
  const outcomes = [...(appended?.events ?? [])];
  return {
    events: events.map(
      ({ ix }) => (there.has(ix) ? undefined : outcomes.shift()) ?? { outcome: 'duplicate', position: null },
    ),
  };
}

async function markRedriven(queries: Queries, id: string, now: number): Promise<{ id: string; vendor: string }> {
  const [row] = await queries.query<{ id: string; vendor: string }>(
    `update vendorgraph.dead_letter letter set redriven_at = coalesce(redriven_at, $2)
     from vendorgraph.delivery where letter.id = $1 and delivery.id = letter.delivery_id
     returning delivery.id, delivery.vendor`,
    [ID.test(id) ? id : 0, now],
  );
  if (row !== undefined) return row;
  throw new GatewayError('NOT_FOUND', 'There is no such dead letter.', { retryable: false });
}

async function storedIxs(queries: Queries, deliveryId: string): Promise<Set<number>> {
  const rows = await queries.query<{ ix: number }>(
    'select ix from vendorgraph.event where delivery_id = $1 and replay_of is null',
    [deliveryId],
  );
  return new Set(rows.map(({ ix }) => ix));
}
