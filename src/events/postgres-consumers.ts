/** Named positions. A commit that comes late, or out of order from another gateway, never moves one back. */
import type { Consumer, Position } from './log.ts';
import type { Queries } from './postgres-database.ts';
import { placeOf } from './postgres-position.ts';

const COLUMNS = 'principal, name, position, updated_at as "updatedAt"';

export async function findConsumer(queries: Queries, principal: string, name: string): Promise<Consumer | undefined> {
  const [consumer] = await queries.query<Consumer>(
    `select ${COLUMNS} from vendorgraph.consumer where principal = $1 and name = $2`,
    [principal, name],
  );
  return consumer;
}

export async function listConsumers(queries: Queries): Promise<Consumer[]> {
  return await queries.query<Consumer>(`select ${COLUMNS} from vendorgraph.consumer order by principal, name`);
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
    `insert into vendorgraph.consumer as c (principal, name, position, updated_at) values ($1, $2, $3, $4)
     on conflict (principal, name) do update set position = excluded.position, updated_at = excluded.updated_at
     where c.position < excluded.position returning position`,
    [principal, name, position, now],
  );
  return moved?.position ?? (await findConsumer(queries, principal, name))?.position ?? position;
}
