/** The thread that writes: it may be slow, and it may die. Who waits for it learns of it in time. */
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/config/config-error.ts';
import { openForWriting, requireSynced } from '../../src/events/sqlite-connection.ts';
import { SCHEMA_STEPS } from '../../src/events/sqlite-schema.ts';
import { createLog, type Logger } from '../../src/observe/log.ts';
import { batchOf, deliveryOf, newEvent } from './delivery.ts';
import { underFailpoint } from './failpoint.ts';
import { appendAll, readAll, start } from './log.contract.ts';
import { makeSqlitePlace } from './sqlite-under-test.ts';

const REFUSED = { code: 'INTERNAL', details: { retryable: true } };
const STRIPE = [{ vendor: 'stripe' }];

describe('the thread that writes events', () => {
  it('is replaced when it ends, and who waited for it is told', async () => {
    await using place = await makeSqlitePlace();
    const { log, lines } = makeLog();
    const events = await underFailpoint('endWriterAfterCommits=1', () => place.openWith({ log }));
    await events.append(batchOf('a', 1));
    const lost = await Promise.allSettled([events.append(batchOf('b', 1)), events.append(batchOf('c', 1))]);
    expect(lost).toMatchObject([{ reason: REFUSED }, { reason: REFUSED }]);
    await expect
      .poll(
        () =>
          events.append(batchOf('b', 1)).then(
            () => 'stored',
            () => 'refused',
          ),
        { timeout: 20_000 },
      )
      .toBe('stored');
    expect((await readAll(events)).map(({ eventId }) => eventId)).toEqual(['a-0', 'b-0']);
    expect(lines).toContainEqual(
      expect.objectContaining({ level: 'error', msg: expect.stringContaining('another is started') }),
    );
  });

  it('lets go of deliveries that wait too long: one whose commit had begun may be stored all the same, no other one is', async () => {
    await using place = await makeSqlitePlace();
    // The thread starts with the first delivery; that must not take the time.
    const log = await underFailpoint('stallMs=3500', () => place.openWith({ maxWaitMs: 1_500 }));
    await expect(log.append(batchOf('a', 1))).rejects.toMatchObject(REFUSED);
    await expect(log.append(batchOf('b', 1))).rejects.toMatchObject(REFUSED);
    await log.waitFor(start(log), AbortSignal.timeout(10_000));
    await log[Symbol.asyncDispose]();
    expect((await readAll(await place.open())).map(({ eventId }) => eventId)).toEqual(['a-0']);
  });

  it('refuses at once what is more than may wait, in deliveries and in bytes', async () => {
    await using place = await makeSqlitePlace();
    const log = await underFailpoint('stallMs=100', () => place.openWith({ maxWaiting: 5, maxWaitingBytes: 10_000 }));
    const append = (count: number, bytes: number) =>
      Promise.allSettled(
        Array.from({ length: count }, () =>
          log.append(deliveryOf({ events: [newEvent({ body: `"${'x'.repeat(bytes)}"` })] })),
        ),
      );
    const states = async (results: ReturnType<typeof append>) => (await results).map(({ status }) => status);
    expect(await states(append(7, 10))).toEqual([...Array(5).fill('fulfilled'), 'rejected', 'rejected']);
    expect(await states(append(4, 3_000))).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected']);
    expect(await states(append(3, 3_000))).toEqual(Array(3).fill('fulfilled'));
  });

  it('stores together what comes while it is busy', async () => {
    await using place = await makeSqlitePlace();
    const log = await underFailpoint('stallMs=50', () => place.open());
    const begun = performance.now();
    await Promise.all(Array.from({ length: 200 }, (_, number) => log.append(batchOf(`d${number}`, 1))));
    // A commit for each would take ten seconds.
    expect(performance.now() - begun).toBeLessThan(5_000);
    expect(await log.count({ filter: STRIPE })).toBe(200);
  });
});

describe('the file of events', () => {
  it('is all that is left when the log was ended in the middle of its work', async () => {
    await using place = await makeSqlitePlace();
    const log = await place.open();
    const appends = Array.from({ length: 50 }, (_, number) => log.append(batchOf(`d${number}`, 1)));
    await log[Symbol.asyncDispose]();
    await Promise.all(appends);
    expect(await readdir(dirname(place.path))).toEqual([basename(place.path)]);
  });

  it('is for its owner only', async () => {
    await using place = await makeSqlitePlace();
    await appendAll(await place.open(), batchOf('a', 1));
    for (const path of [place.path, `${place.path}-wal`]) expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('is not touched when it is something else', async () => {
    await using place = await makeSqlitePlace();
    await mkdir(dirname(place.path));
    await writeFile(place.path, 'Dear diary, today I did not back up my data folder. '.repeat(100));
    await expect(place.open()).rejects.toThrow(ConfigError);
    await expect(place.open()).rejects.toThrow('cannot be used as event log: file is not a database');
    expect((await stat(place.path)).size).toBe(5_200);
  });

  it('is brought to the present version when the first one made it', async () => {
    await using place = await makeSqlitePlace();
    await mkdir(dirname(place.path));
    {
      using db = new DatabaseSync(place.path);
      db.exec(`PRAGMA journal_mode = WAL; ${SCHEMA_STEPS[0]}; PRAGMA user_version = 1;
        INSERT INTO dedupe VALUES ('stripe', 'known', '', 1, 0);
        INSERT INTO consumer VALUES ('key:app', 'sync', '0000000000000000', 0);`);
    }
    const [log] = await Promise.all([place.open(), place.open()]);
    const { keyBytes } = await log.figures();
    expect(keyBytes).toBeGreaterThan(0);
    await appendAll(log, batchOf('a', 1));
    await log.prune('stripe', { before: 0, maxBytes: Number.MAX_SAFE_INTEGER });
    expect(await log.consumer('key:app', 'sync')).toMatchObject({ owner: null });
    expect((await readAll(log)).map(({ eventId }) => eventId)).toEqual(['a-0']);
  });

  it('is not touched when another version made it', async () => {
    await using place = await makeSqlitePlace();
    await (await place.open())[Symbol.asyncDispose]();
    {
      using db = new DatabaseSync(place.path);
      db.exec('PRAGMA user_version = 99');
    }
    await expect(place.open()).rejects.toThrow('its tables are of version 99, expected 3');
  });

  it('is refused on a connection whose commits do not wait for the disk', async () => {
    await using place = await makeSqlitePlace();
    using db = openForWriting(place.path);
    requireSynced(db);
    db.exec('PRAGMA synchronous = NORMAL');
    expect(() => requireSynced(db)).toThrow('a power cut would lose events');
  });

  it('can be opened by many at once while it is made', async () => {
    await using place = await makeSqlitePlace();
    const logs = await Promise.all(Array.from({ length: 4 }, () => place.open()));
    expect(new Set(await Promise.all(logs.map((log) => log.epoch()))).size).toBe(1);
  });
});

function makeLog(): { log: Logger; lines: unknown[] } {
  const lines: unknown[] = [];
  return {
    lines,
    log: createLog({ level: 'info', destination: { write: (line) => void lines.push(JSON.parse(line)) } }),
  };
}
