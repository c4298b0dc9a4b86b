/**
 * Before a log in Postgres is used: the tables are there, the server can keep the promise, and the transaction numbers that
 * order the events are its own. A database restored from a dump carries those of another server or another time: events would
 * be invisible or out of order. Then nothing starts; `repairPostgresLog` makes the log usable again.
 */
import { randomBytes } from 'node:crypto';
import { ConfigError } from '../config/config-error.ts';
import type { Logger } from '../observe/log.ts';
import type { Database, Queries } from './postgres-database.ts';
import { describeFailure } from './postgres-failure.ts';
import { SCHEMA_LOCK, SCHEMA_STEPS, SCHEMA_VERSION } from './postgres-schema.ts';

const OLDEST_VERSION = 140_000;

/** Makes the tables when there are none, and those of an earlier version what they are today. Throws ConfigError for a server or a state that the log cannot be kept in. */
export async function startPostgresLog(database: Database, log?: Logger): Promise<void> {
  try {
    await database.transaction(async (queries) => {
      await checkServer(queries, log);
      await makeSchema(queries);
      await renewSchema(queries, log);
      await checkOrigin(queries);
    });
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw refused(`${database.name} cannot be used: ${describeFailure(error)}.`);
  }
}

/** Of this server and this table: another one after a dump was restored, a cluster upgraded, a table made anew. */
export async function originOf(queries: Queries): Promise<string> {
  const [row] = await queries.query<{ origin: string }>(
    `select system_identifier || '/' || 'vendorgraph.event'::regclass::oid as origin from pg_control_system()`,
  );
  return row?.origin ?? '';
}

export function newEpoch(): string {
  return randomBytes(8).toString('hex');
}

async function checkServer(queries: Queries, log: Logger | undefined): Promise<void> {
  const [server] = await queries.query<{ version: number; encoding: string; standby: boolean; fsync: string }>(`
    select current_setting('server_version_num')::integer as version, current_setting('server_encoding') as encoding,
           pg_is_in_recovery() as standby, current_setting('fsync') as fsync`);
  if (server === undefined) return;
  const { version, encoding, standby, fsync } = server;
  if (version < OLDEST_VERSION) {
    throw refused(`Found Postgres ${Math.floor(version / 10_000)}; the event log needs version 14 or later.`);
  }
  if (encoding !== 'UTF8') throw refused(`Found a database encoded in ${encoding}; the event log needs UTF8.`);
  if (standby) throw refused('Found a standby; the event log is read and written on the primary.');
  if (fsync !== 'on') log?.warn('Postgres runs with fsync off: a power cut takes events that were acknowledged');
}

/** Several gateways may start at once: the first makes the tables, the others wait for it. */
async function makeSchema(queries: Queries): Promise<void> {
  if (await hasSchema(queries)) return;
  await queries.query('select pg_advisory_xact_lock($1)', [SCHEMA_LOCK]);
  if (await hasSchema(queries)) return;
  for (const step of SCHEMA_STEPS) await queries.query(step);
  const meta = { schema_version: `${SCHEMA_VERSION}`, epoch: newEpoch(), origin: await originOf(queries) };
  await queries.query('insert into vendorgraph.meta select * from unnest($1::text[], $2::text[])', [
    Object.keys(meta),
    Object.values(meta),
  ]);
}

/** Asked of the catalogue's tables: `to_regclass` may answer from a cache that knows nothing of what another session just made. */
async function hasSchema(queries: Queries): Promise<boolean> {
  const [row] = await queries.query<{ there: boolean }>(
    `select exists (select from pg_catalog.pg_tables where schemaname = 'vendorgraph' and tablename = 'meta') as there`,
  );
  return row?.there === true;
}

/** One gateway does it, the others wait. In the transaction of the start: whole, or not at all. */
async function renewSchema(queries: Queries, log: Logger | undefined): Promise<void> {
  if ((await versionOf(queries)) === SCHEMA_VERSION) return;
  await queries.query('select pg_advisory_xact_lock($1)', [SCHEMA_LOCK]);
  const version = await versionOf(queries);
  if (version === SCHEMA_VERSION) return;
  log?.info({ from: version, to: SCHEMA_VERSION }, 'the event log is brought to the present version');
  for (const step of SCHEMA_STEPS.slice(version)) await queries.query(step);
  await queries.query(`update vendorgraph.meta set value = $1 where name = 'schema_version'`, [`${SCHEMA_VERSION}`]);
}

async function versionOf(queries: Queries): Promise<number> {
  const found = await metaOf(queries, 'schema_version');
  const version = Number(found);
  if (Number.isInteger(version) && version >= 1 && version <= SCHEMA_VERSION) return version;
  throw refused(
    `Found version ${found} of the schema "vendorgraph", expected ${SCHEMA_VERSION}. Use the vendorgraph that made it.`,
  );
}

async function checkOrigin(queries: Queries): Promise<void> {
  const [row] = await queries.query<{ ahead: boolean }>(`
    select coalesce((select xid from vendorgraph.event order by xid desc limit 1) >= pg_snapshot_xmax(pg_current_snapshot()), false) as ahead`);
  if (row?.ahead !== true && (await metaOf(queries, 'origin')) === (await originOf(queries))) return;
  throw refused(
    'Found events of another server, or of another time of this one: a restored backup? Run `vendorgraph events repair`: ' +
      'it keeps the events and their order and makes cursors given before end with CURSOR_EXPIRED.',
  );
}

/** Undefined when there is none. */
export async function metaOf(queries: Queries, name: string): Promise<string | undefined> {
  const [row] = await queries.query<{ value: string }>('select value from vendorgraph.meta where name = $1', [name]);
  return row?.value;
}

function refused(message: string): ConfigError {
  return new ConfigError({ file: 'DATABASE_URL', message });
}
