/** Whether a position still means what it meant: through restarts it does, and where the file was put back to an older state it is told. */
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { openSqliteLog } from '../../src/events/sqlite-log.ts';
import { SCHEMA_STEPS } from '../../src/events/sqlite-schema.ts';
import { batchOf } from './delivery.ts';
import { makeSqlitePlace } from './sqlite-under-test.ts';

/** A machine may be busy with other tests. */
const PATIENT_MS = 20_000;

interface Place {
  epoch: string;
  position: string;
}

/** A gateway's run; returns where a subscriber stands that has everything. */
async function run(path: string, ...ids: string[]): Promise<Place> {
  await using log = await openSqliteLog({ path, beginsEpoch: true, maxWaitMs: PATIENT_MS });
  for (const id of ids) await log.append(batchOf(id, 2));
  return { epoch: await log.epoch(), position: await log.head() };
}

/** As a subscriber's cursor is judged. */
async function isKnown(path: string, { epoch, position }: Place): Promise<boolean> {
  await using log = await openSqliteLog({ path, maxWaitMs: PATIENT_MS });
  const end = await log.endOf(epoch);
  return end !== undefined && position <= end;
}

function restore(path: string, backup: string): void {
  for (const suffix of ['-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
  cpSync(backup, path);
}

it('knows the positions of every run before, whoever else opens the log', async () => {
  await using place = await makeSqlitePlace();
  const { path } = place;
  const places = [await run(path, 'a'), await run(path), await run(path, 'b', 'c')];
  {
    await using tool = await openSqliteLog({ path, maxWaitMs: PATIENT_MS });
    await tool.append(batchOf('d', 1));
    expect(await tool.epoch()).toBe(places[2]?.epoch);
    expect(await tool.endOf(places[2]?.epoch ?? '')).toBe(await tool.head());
  }
  places.push(await run(path, 'e'));
  for (const each of places) expect(await isKnown(path, each)).toBe(true);
  const cursors = places.map(({ epoch, position }) => epoch + position);
  expect(cursors).toEqual([...new Set(cursors)].toSorted());
});

it('does not know the positions of runs that were undone, once the log has grown past them, either', async () => {
  await using place = await makeSqlitePlace();
  const { path } = place;
  const before = await run(path, 'a');
  cpSync(path, `${path}.backup`);
  const undone = await run(path, 'b');
  restore(path, `${path}.backup`);
  const after = await run(path, 'c', 'd', 'e');
  expect(undone.position < after.position).toBe(true);
  expect(await isKnown(path, undone)).toBe(false);
  expect(await isKnown(path, before)).toBe(true);
  expect(await isKnown(path, after)).toBe(true);
});

it('does not know what a run wrote after the backup that was taken in its midst', async () => {
  await using place = await makeSqlitePlace();
  const { path } = place;
  let [backedUp, undone]: (Place | undefined)[] = [];
  {
    await using log = await openSqliteLog({ path, beginsEpoch: true, maxWaitMs: PATIENT_MS });
    const here = async (): Promise<Place> => ({ epoch: await log.epoch(), position: await log.head() });
    await log.append(batchOf('a', 2));
    backedUp = await here();
    using db = new DatabaseSync(path);
    db.exec(`VACUUM INTO '${path}.backup'`);
    await log.append(batchOf('b', 2));
    undone = await here();
  }
  restore(path, `${path}.backup`);
  await run(path, 'c', 'd', 'e');
  expect(await isKnown(path, undone)).toBe(false);
  expect(await isKnown(path, backedUp)).toBe(true);
});

it('knows no position of before once its epochs were ended', async () => {
  await using place = await makeSqlitePlace();
  const { path } = place;
  const places = [await run(path, 'a'), await run(path, 'b')];
  {
    await using tool = await openSqliteLog({ path, maxWaitMs: PATIENT_MS });
    await tool.rollEpoch({ principal: 'operator' });
  }
  for (const each of places) expect(await isKnown(path, each)).toBe(false);
  expect(await isKnown(path, await run(path, 'c'))).toBe(true);
});

it('knows the positions of a log from before it counted runs', async () => {
  await using place = await makeSqlitePlace();
  const { path } = place;
  let epoch = '';
  mkdirSync(dirname(path), { recursive: true });
  {
    using db = new DatabaseSync(path);
    for (const step of SCHEMA_STEPS.slice(0, 2)) db.exec(step);
    db.exec('PRAGMA user_version = 2');
    epoch = String(db.prepare(`SELECT value FROM meta WHERE name = 'epoch'`).get()?.['value']);
    db.exec(`INSERT INTO sqlite_sequence VALUES ('event', 7)`);
  }
  await run(path, 'a');
  expect(await isKnown(path, { epoch, position: '0000000000000007' })).toBe(true);
  expect(await isKnown(path, { epoch, position: '0000000000000008' })).toBe(false);
});

it('keeps no more epochs than the last ten thousand', async () => {
  await using place = await makeSqlitePlace();
  const { path } = place;
  const first = await run(path, 'a');
  {
    using db = new DatabaseSync(path);
    db.exec(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 12000)
      INSERT INTO epoch (id, start) SELECT lower(hex(randomblob(8))), 2 FROM n`);
  }
  const last = await run(path, 'b');
  using db = new DatabaseSync(path);
  expect(db.prepare('SELECT count(*) AS count FROM epoch').get()).toEqual({ count: 10_000 });
  expect(await isKnown(path, first)).toBe(false);
  expect(await isKnown(path, last)).toBe(true);
});
