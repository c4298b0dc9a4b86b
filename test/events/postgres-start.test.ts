/** What a gateway learns of its database before it takes a single event. */
import { Writable } from 'node:stream';
import { afterAll, describe, expect, it } from 'vitest';
import { createDatabase, type Queries } from '../../src/events/postgres-database.ts';
import { openPostgresLog } from '../../src/events/postgres-log.ts';
import { repairPostgresLog } from '../../src/events/postgres-repair.ts';
import { SCHEMA_STEPS } from '../../src/events/postgres-schema.ts';
import { createLog } from '../../src/observe/log.ts';
import { batchOf, NOW } from './delivery.ts';
import { appendAll, readAll, start } from './log.contract.ts';
import { dropDatabases, makeDatabase, makePostgresPlace, postgresMissing } from './postgres-under-test.ts';

const BY = { principal: 'operator', reason: 'restored' };
const PASSWORD = 'p4ss-canary';

afterAll(dropDatabases);

describe.skipIf((await postgresMissing()) !== undefined)('opening the event log in Postgres', () => {
  it('lets several gateways start at once on an empty database', async () => {
    await using place = await makePostgresPlace();
    const logs = await Promise.all(Array.from({ length: 8 }, () => place.open()));
    expect(new Set(await Promise.all(logs.map((log) => log.epoch()))).size).toBe(1);
  });

  it('has a name that holds no credential', async () => {
    await using database = await makeDatabase();
    const url = new URL(database.url);
    url.password = PASSWORD;
    await using log = await openPostgresLog({ url: url.href });
    expect(log.name).toBe(`postgres at ${url.host}${url.pathname}`);
  });

  it.each([
    ['that is no URL', `postgres://root:${PASSWORD}@[::1`],
    ['of something else', `mysql://root:${PASSWORD}@127.0.0.1/events`],
    ['where nobody answers', `postgres://root:${PASSWORD}@127.0.0.1:1/events`],
    ['of a host that is not there', `postgres://root:${PASSWORD}@nowhere.invalid/events`],
  ])('refuses an address %s, without its password', async (_what, url) => {
    const lines: string[] = [];
    const error = await openPostgresLog({ url, log: logTo(lines) }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'ConfigError', file: 'DATABASE_URL' });
    expect(JSON.stringify([error, String(error), lines])).not.toContain(PASSWORD);
  });

  it('refuses a schema of another version', async () => {
    await using place = await makePostgresPlace();
    await (await place.open())[Symbol.asyncDispose]();
    await place.database.query(`update vendorgraph.meta set value = '99' where name = 'schema_version'`);
    await expect(place.open()).rejects.toThrow(/version 99 .* expected 2/);
  });

  it('brings a log of the first version to the present one, and its events keep their ids', async () => {
    await using place = await makePostgresPlace();
    const { query } = place.database;
    await query(SCHEMA_STEPS[0] ?? '');
    await query(`insert into vendorgraph.delivery values ('d', 'stripe', ${NOW}, '{}', null, '', 'main', null, 0)`);
    await query(`insert into vendorgraph.event (delivery_id, ix, vendor, type, event_id, received_at, body, bytes, unsigned)
      values ('d', 0, 'stripe', 't', 'a', ${NOW}, '{}', 2, '[]')`);
    await query(`insert into vendorgraph.consumer values ('key:app', 'sync', '${'0'.repeat(32)}', ${NOW})`);
    await query(`insert into vendorgraph.meta select 'schema_version', '1' union all select 'epoch', '0123456789abcdef' union all
      select 'origin', system_identifier || '/' || 'vendorgraph.event'::regclass::oid from pg_control_system()`);
    const [log] = await Promise.all([place.open(), place.open(), place.open()]);
    const added = batchOf('b', 1);
    await appendAll(log, added);
    const filter = [{ vendor: 'stripe' }];
    expect((await readAll(log)).map(({ id }) => id)).toEqual(['1', `${added.id}.0`]);
    expect(await log.find({ filter, ids: ['1', '2'] }, 10)).toMatchObject([{ id: '1', eventId: 'a' }]);
    expect(await log.replay({ filter, ids: ['1'] }, BY)).toBe(1);
    const [replayed] = await log.find({ filter }, 1, true);
    expect(replayed).toMatchObject({ eventId: 'a', replayOf: '1' });
    expect(await log.find({ filter, ids: [replayed?.id ?? ''] }, 10)).toEqual([replayed]);
    expect(await log.epoch()).toBe('0123456789abcdef');
    expect(await log.consumer('key:app', 'sync')).toMatchObject({ owner: null });
  });

  it('refuses a database that is not encoded in UTF-8', async () => {
    await using place = await makePostgresPlace();
    const name = `${new URL(place.database.url).pathname.slice(1)}_latin`;
    await place.database.query(`create database ${name} encoding 'LATIN1' locale 'C' template template0`);
    const url = new URL(place.database.url);
    url.pathname = name;
    await expect(openPostgresLog({ url: url.href })).rejects.toThrow(/LATIN1/);
    await place.database.query(`drop database ${name}`);
  });

  it.each([
    ['transaction numbers are ahead of the server', `update vendorgraph.event set xid = '900000000000'`],
    ['events came from another server', `update vendorgraph.meta set value = '1/1' where name = 'origin'`],
  ])('refuses a log whose %s until it is repaired, which keeps events, order and consumers', async (_what, damage) => {
    await using place = await makePostgresPlace();
    const log = await place.open();
    await appendAll(log, batchOf('a', 3), batchOf('z', 2, { vendor: 'zendesk' }), batchOf('b', 2));
    await log.prune('zendesk', { before: NOW + 1, maxBytes: 0 });
    const [, second] = await readAll(log);
    await log.commitConsumer('key:app', 'sync', second?.position ?? '');
    const epoch = await log.epoch();
    await log[Symbol.asyncDispose]();
    await place.database.query(damage);
    await expect(place.open()).rejects.toThrow(/vendorgraph events repair/);
    await repairPostgresLog({ url: place.database.url, by: BY });
    const repaired = await place.open();
    expect(await repaired.epoch()).not.toBe(epoch);
    const consumer = await repaired.consumer('key:app', 'sync');
    const unread = await readAll(repaired, { after: consumer?.position ?? start(repaired) });
    await appendAll(repaired, batchOf('c', 1));
    expect((await readAll(repaired)).map(({ eventId }) => eventId)).toEqual(['a-0', 'a-1', 'a-2', 'b-0', 'b-1', 'c-0']);
    expect(unread.map(({ eventId }) => eventId)).toEqual(expect.arrayContaining(['b-0', 'b-1']));
    expect(await repaired.earliest(['zendesk'])).toBe(start(repaired));
  });

  it('commits to the disk although the database says otherwise', async () => {
    await using made = await makeDatabase();
    await made.query(`alter database ${new URL(made.url).pathname.slice(1)} set synchronous_commit = off`);
    await using database = await createDatabase({ url: made.url });
    const show = (queries: Queries): Promise<unknown[]> => queries.query('show synchronous_commit');
    expect(await database.transaction(show, 'writer')).toEqual([{ synchronous_commit: 'on' }]);
  });
});

function logTo(lines: string[]) {
  const destination = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  return createLog({ level: 'trace', destination });
}
