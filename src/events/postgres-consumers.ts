/** Named positions. A commit that comes late, or out of order from another gateway, never moves one back. */
import { MOST_CONSUMERS, tooManyConsumers } from './consumer-limit.ts';
import type { Consumer, Operator, Position } from './log.ts';
import { recordAct } from './postgres-audit.ts';
import type { Queries } from './postgres-database.ts';
import { placeOf } from './postgres-position.ts';

export const CONSUMER_COLUMNS = 'principal, name, position, updated_at as "updatedAt", owner';
/** `$1`, `$2`: principal and name. */
const HAS_ROOM = `
  exists (select from vendorgraph.consumer where principal = $1 and name = $2)
  or (select count(*) from vendorgraph.consumer where principal = $1) < ${MOST_CONSUMERS}`;

export async function findConsumer(queries: Queries, principal: string, name: string): Promise<Consumer | undefined> {
  const [consumer] = await queries.query<Consumer>(
    `select ${CONSUMER_COLUMNS} from vendorgraph.consumer where principal = $1 and name = $2`,
    [principal, name],
  );
  return consumer;
}

export async function listConsumers(queries: Queries): Promise<Consumer[]> {
  return await queries.query<Consumer>(`select ${CONSUMER_COLUMNS} from vendorgraph.consumer order by principal, name`);
}

/** Made at `start` by the first; the others get what is there. */
export async function openConsumer(
  queries: Queries,
  principal: string,
  name: string,
  { start, owner }: { start: Position; owner: string },
  now: number,
): Promise<Consumer> {
  placeOf(start);
  const [consumer] = await queries.query<Consumer>(
    `insert into vendorgraph.consumer as c (principal, name, position, updated_at, owner)
     select $1::text, $2::text, $3::text, $4::bigint, $5::text where ${HAS_ROOM}
     on conflict (principal, name) do update set owner = excluded.owner returning ${CONSUMER_COLUMNS}`,
    [principal, name, start, now, owner],
  );
  if (consumer === undefined) throw tooManyConsumers();
  return consumer;
}

/** Returns where it stands. */
export async function moveConsumer(
  queries: Queries,
  principal: string,
  name: string,
  position: Position,
  now: number,
): Promise<Position> {
  placeOf(position);
  const [moved] = await queries.query<{ position: Position }>(
    `insert into vendorgraph.consumer as c (principal, name, position, updated_at)
     select $1::text, $2::text, $3::text, $4::bigint where ${HAS_ROOM}
     on conflict (principal, name) do update set position = excluded.position, updated_at = excluded.updated_at
     where c.position < excluded.position returning position`,
    [principal, name, position, now],
  );
  const consumer = moved ?? (await findConsumer(queries, principal, name));
  if (consumer === undefined) throw tooManyConsumers();
  return consumer.position;
}

/** Inside a transaction. */
export async function removeConsumer(
  queries: Queries,
  principal: string,
  name: string,
  by: Operator,
  now: number,
): Promise<boolean> {
  const gone = await queries.query(
    'delete from vendorgraph.consumer where principal = $1 and name = $2 returning name',
    [principal, name],
  );
  if (gone.length === 0) return false;
  await recordAct(queries, { action: 'remove-consumer', by, at: now, detail: { principal, name } });
  return true;
}
