/** Gateways are killed, the server goes away, commits take too long: nothing that was acknowledged may be missing. */
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import { FAILPOINT_VARIABLE } from '../../src/events/failpoint.ts';
import type { EventLog, LoggedEvent } from '../../src/events/log.ts';
import { openPostgresLog } from '../../src/events/postgres-log.ts';
import { batchOf } from './delivery.ts';
import { printedUntilKilled } from './killed-process.ts';
import { readAll, start } from './log.contract.ts';
import { followOf, writeTo } from './log-traffic.ts';
import { serverPrograms, startCluster } from './postgres-cluster.ts';
import { dropDatabases, makeDatabase, makePostgresPlace, postgresMissing } from './postgres-under-test.ts';

const ROUNDS = Number(process.env['VENDORGRAPH_KILL_ROUNDS'] ?? 8);
const PROGRAM = fileURLToPath(new URL('postgres-writing-process.ts', import.meta.url));
const STRIPE = [{ vendor: 'stripe' }];
/** A machine may be busy with other tests. */
const BUSY = { timeout: 30_000 };
const missing = await postgresMissing();
const programs = serverPrograms();

afterAll(dropDatabases);

describe.skipIf(missing !== undefined)('a gateway killed while it appends to Postgres', () => {
  it(`leaves every acknowledged event, once, to another one that reads, over ${ROUNDS} kills`, {
    timeout: 5_000 * (ROUNDS + 6),
  }, async () => {
    await using place = await makePostgresPlace();
    const log = await place.open();
    await using following = followOf(log, 'stripe');
    const acknowledged: string[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      acknowledged.push(
        ...(await appendUntilKilled(place.database.url, `run${round}`, { lines: 20 + ((round * 53) % 150) })),
      );
    }
    await expectFollowed(log, following.read, acknowledged);
    expect(following.failures()).toBe(0);
    await expectWholeDeliveries(log);
  });

  it('has nothing of a delivery with whose events it died before the commit, and takes it whole when it comes again', async () => {
    await using place = await makePostgresPlace();
    const log = await place.open();
    const failpoint = { [FAILPOINT_VARIABLE]: 'killAfterInserts=1' };
    expect(await appendUntilKilled(place.database.url, 'run', { env: failpoint })).toEqual([]);
    expect(await readAll(log)).toEqual([]);
    const again = await log.append(batchOf('run-0-0', 3));
    expect(again.events.map(({ outcome }) => outcome)).toEqual(['stored', 'stored', 'stored']);
  });

  it('wakes who reads elsewhere with what it committed and never answered, and takes its retry for a duplicate', async () => {
    await using place = await makePostgresPlace();
    const log = await place.open();
    await using following = followOf(log, 'stripe');
    const failpoint = { [FAILPOINT_VARIABLE]: 'killAfterCommits=1' };
    expect(await appendUntilKilled(place.database.url, 'run', { env: failpoint })).toEqual([]);
    await expect.poll(() => following.read.map(({ eventId }) => eventId), BUSY).toContain('run-0-0-0');
    expect(await log.append(batchOf('run-0-0', 1))).toMatchObject({ events: [{ outcome: 'duplicate' }] });
  });

  it('takes the retry of a delivery whose acknowledgement got lost for a duplicate', async () => {
    await using place = await makePostgresPlace();
    const [acknowledged] = await appendUntilKilled(place.database.url, 'run', { lines: 1 });
    const log = await place.open();
    const [prefix = ''] = acknowledged?.match(/^.*(?=-\d+$)/) ?? [];
    expect(await log.append(batchOf(prefix, 1))).toMatchObject({ events: [{ outcome: 'duplicate' }] });
  });
});

describe.skipIf(programs === undefined)('a Postgres server that goes away', () => {
  it('has deliveries refused meanwhile, and nothing acknowledged missing once it is back', {
    timeout: 120_000,
  }, async () => {
    await using cluster = await startCluster(programs ?? '');
    await using database = await makeDatabase(cluster.url);
    await using log = await openPostgresLog({ url: database.url });
    await using following = followOf(log, 'stripe');
    await using writing = writeTo(log);
    await expect.poll(() => writing.acknowledged.length, BUSY).toBeGreaterThan(20);
    await cluster.stop();
    await expect.poll(() => writing.refused.length, BUSY).toBeGreaterThan(5);
    await expect(log.read(start(log), STRIPE, 10)).rejects.toMatchObject({
      code: 'INTERNAL',
      details: { retryable: true },
    });
    const before = writing.acknowledged.length;
    await cluster.start();
    await expect.poll(() => writing.acknowledged.length, BUSY).toBeGreaterThan(before + 20);
    await writing[Symbol.asyncDispose]();
    await expectFollowed(log, following.read, writing.acknowledged);
    expect(writing.refused.filter((error) => !(error instanceof GatewayError && error.details.retryable))).toEqual([]);
  });
});

describe.skipIf(missing !== undefined)('a log that cannot be written', () => {
  it('says so until it can, also when nothing more is sent', async () => {
    await using place = await makePostgresPlace();
    const log = await place.open();
    expect(log.isWritable()).toBe(true);
    await place.database.query('alter schema vendorgraph rename to elsewhere');
    await expect(log.append(batchOf('a', 1))).rejects.toMatchObject({ code: 'INTERNAL' });
    for (let asked = 0; asked < 5; asked += 1) {
      expect(log.isWritable()).toBe(false);
      await log.head();
    }
    await place.database.query('alter schema elsewhere rename to vendorgraph');
    await expect.poll(() => log.isWritable(), { timeout: 10_000 }).toBe(true);
    expect(await log.append(batchOf('a', 1))).toMatchObject({ events: [{ outcome: 'stored' }] });
  });
});

describe.skipIf(programs === undefined)('a Postgres server whose disk is full', () => {
  it('has deliveries refused meanwhile, and nothing acknowledged missing once there is room', {
    timeout: 90_000,
  }, async ({ skip }) => {
    using disk = mountSmallDisk();
    if (disk === undefined) return skip('nothing may be mounted here');
    const { path: parent } = disk;
    await using cluster = await startCluster(programs ?? '', { parent });
    await using database = await makeDatabase(cluster.url);
    await using log = await openPostgresLog({ url: database.url });
    await using writing = writeTo(log);
    await expect.poll(() => writing.acknowledged.length, BUSY).toBeGreaterThan(20);
    const ballast = join(parent, 'ballast');
    fill(ballast);
    await expect.poll(() => writing.refused.length, BUSY).toBeGreaterThan(5);
    rmSync(ballast);
    // It may have gone down over it.
    await cluster.start().catch(() => {});
    const before = writing.acknowledged.length;
    await expect.poll(() => writing.acknowledged.length, BUSY).toBeGreaterThan(before + 20);
    await writing[Symbol.asyncDispose]();
    const stored = (await readAll(log, { limit: 1_000 })).map(({ eventId }) => eventId);
    expect(missingOf(writing.acknowledged, stored)).toEqual([]);
    expect(new Set(stored).size).toBe(stored.length);
    expect(writing.refused.filter((error) => !(error instanceof GatewayError && error.details.retryable))).toEqual([]);
  });
});

describe.skipIf(missing !== undefined)('a gateway whose connections are cut while nothing happens', () => {
  it('goes on with new ones', async () => {
    await using place = await makePostgresPlace();
    const log = await place.open();
    await Promise.all([log.append(batchOf('a', 1)), log.head(), log.head()]);
    await place.database.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    );
    await expect.poll(() => log.append(batchOf('b', 1)).then(() => 'stored', String), BUSY).toBe('stored');
    await expect.poll(() => log.count({ filter: STRIPE }).catch(String), BUSY).toBe(2);
  });
});

/** The connection that writes hangs: its backend is stopped in its tracks, as behind a dead network. */
describe.skipIf(programs === undefined)('a Postgres server that does not answer', () => {
  it('is given up, and asked again on a new connection', { timeout: 60_000 }, async () => {
    await using cluster = await startCluster(programs ?? '');
    await using database = await makeDatabase(cluster.url);
    await using log = await openPostgresLog({ url: database.url, answerMs: 1_000, maxWaitMs: 300 });
    const stored = (id: string) => log.append(batchOf(id, 1)).then(() => 'stored', String);
    await expect.poll(() => stored('a'), BUSY).toBe('stored');
    const [writer] = await database.query<{ pid: number }>(
      `select pid from pg_stat_activity where datname = current_database() and query = 'commit' and pid <> pg_backend_pid()
       order by state_change desc limit 1`,
    );
    const pid = writer?.pid ?? 0;
    process.kill(pid, 'SIGSTOP');
    try {
      await expect(log.append(batchOf('b', 1))).rejects.toMatchObject({ details: { retryable: true } });
      await expect.poll(() => stored('c'), BUSY).toBe('stored');
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    expect(await log.count({ filter: STRIPE })).toBe(2);
  });

  it('does not keep a log from ending', { timeout: 60_000 }, async () => {
    await using cluster = await startCluster(programs ?? '');
    await using database = await makeDatabase(cluster.url);
    const log = await openPostgresLog({ url: database.url, answerMs: 1_000 });
    const woken = log.waitFor(await log.head(), new AbortController().signal);
    const pids = async (): Promise<number[]> => {
      const rows = await database.query<{ pid: number }>(
        `select pid from pg_stat_activity where datname = current_database() and query like 'listen %' and state = 'idle'`,
      );
      return rows.map(({ pid }) => pid);
    };
    await expect.poll(pids, BUSY).toHaveLength(1);
    const [listener = 0] = await pids();
    process.kill(listener, 'SIGSTOP');
    try {
      await log[Symbol.asyncDispose]();
      await woken;
    } finally {
      process.kill(listener, 'SIGCONT');
    }
  });
});

/** Room for a cluster and little more. Undefined, said aloud, where nothing may be mounted. */
function mountSmallDisk(): ({ path: string } & Disposable) | undefined {
  const path = mkdtempSync(join(tmpdir(), 'small-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=120m,mode=755', 'tmpfs', path], { stdio: 'pipe' });
  } catch (error) {
    rmSync(path, { recursive: true });
    process.stderr.write(`SKIPPED: no disk of Postgres can be filled: ${String(error).split('\n')[1] ?? error}\n`);
    return undefined;
  }
  return {
    path,
    [Symbol.dispose]() {
      execFileSync('umount', [path]);
      rmSync(path, { recursive: true });
    },
  };
}

/** Until nothing more fits. */
function fill(path: string): void {
  const file = openSync(path, 'w');
  try {
    for (const piece of [1_048_576, 4_096]) {
      const bytes = Buffer.alloc(piece);
      while (writesWhole(file, bytes));
    }
  } finally {
    closeSync(file);
  }
}

function writesWhole(file: number, bytes: Buffer): boolean {
  try {
    return writeSync(file, bytes) === bytes.length;
  } catch {
    return false;
  }
}

/** What a subscriber saw is what the log holds: all that was acknowledged, in order, none twice. */
async function expectFollowed(
  log: EventLog,
  read: readonly LoggedEvent[],
  acknowledged: readonly string[],
): Promise<void> {
  await expect
    .poll(
      () =>
        missingOf(
          acknowledged,
          read.map(({ eventId }) => eventId),
        ),
      BUSY,
    )
    .toEqual([]);
  const positions = read.map(({ position }) => position);
  expect(positions).toEqual([...new Set(positions)].toSorted());
  expect(new Set(read.map(({ eventId }) => eventId)).size).toBe(read.length);
  expect(
    missingOf(
      acknowledged,
      (await readAll(log)).map(({ eventId }) => eventId),
    ),
  ).toEqual([]);
}

function missingOf(wanted: readonly string[], there: readonly string[]): string[] {
  const known = new Set(there);
  return wanted.filter((id) => !known.has(id));
}

/** The writing process gives its deliveries one to three events each: none may be there in part. */
async function expectWholeDeliveries(log: EventLog): Promise<void> {
  const counts = new Map<string, number>();
  for (const { eventId } of await readAll(log)) {
    const name = eventId.replace(/-\d+$/, '');
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  for (const [name, count] of counts) expect(count).toBe(1 + (Number(name.split('-').at(-1)) % 3));
}

interface Killed {
  /** Killed from outside after so many. Absent: it ends by itself, at a failpoint. */
  lines?: number;
  env?: Record<string, string>;
}

/** The ids that were acknowledged. */
function appendUntilKilled(url: string, name: string, { lines, env }: Killed): Promise<string[]> {
  return printedUntilKilled({ program: PROGRAM, args: [url, name], after: lines, env });
}
