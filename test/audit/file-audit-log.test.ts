import { createHash } from 'node:crypto';
import { rmdirSync } from 'node:fs';
import { appendFile, mkdir, readdir, rename, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { AuditEntry } from '../../src/audit/entry.ts';
import { checkAuditLogFree } from '../../src/audit/file-audit-log.ts';
import { verifyAudit } from '../../src/audit/verify.ts';
import { createLog } from '../../src/observe/log.ts';
import { commitMany, entryOf, makeDataFolder } from './log-under-test.ts';

const FIRST = 'audit-000000000001.jsonl';
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('the audit log', () => {
  it('has an entry on disk when its commit resolves, with its number and time', async () => {
    await using folder = await makeDataFolder();
    await using log = folder.open({ now: () => Date.UTC(2026, 0, 31, 9) });
    await log.commit(entryOf('r1', { reason: 'support case', variables: { email: 'j***@acme.com' } }));
    const line = await folder.text(FIRST);
    expect(JSON.parse(line.slice(65))).toEqual({
      seq: 1,
      time: '2026-01-31T09:00:00.000Z',
      ...entryOf('r1', { reason: 'support case', variables: { email: 'j***@acme.com' } }),
    });
  });

  it('chains each line to the one above, so that it can be checked with sha256sum', async () => {
    await using folder = await makeDataFolder();
    await using log = folder.open();
    await commitMany(log, 3);
    let above = '0'.repeat(64);
    for (const line of (await folder.text(FIRST)).trimEnd().split('\n')) {
      const hash = line.slice(0, 64);
      expect(sha256(`${above} ${line.slice(65)}`)).toBe(hash);
      above = hash;
    }
  });

  it('makes nothing on disk before the first entry, nor when it ends without one', async () => {
    await using folder = await makeDataFolder();
    {
      await using log = folder.open();
      expect(log.isWritable()).toBe(true);
      expect(await log.read({ first: 10 })).toEqual({ edges: [], endCursor: null, hasNextPage: false });
    }
    expect(await readdir(folder.dataDir)).toEqual([]);
  });

  it('keeps its files from other users', async () => {
    await using folder = await makeDataFolder();
    await using log = folder.open();
    await commitMany(log, 1);
    const modes = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);
    expect(await modes(folder.auditDir)).toBe('700');
    for (const file of [FIRST, 'head.json', 'writer.lock', '../audit.key'])
      expect(await modes(join(folder.auditDir, file)), file).toBe('600');
  });

  it('writes recorded entries without anybody waiting, in the order they came', async () => {
    await using folder = await makeDataFolder();
    await using log = folder.open();
    for (const id of ['a', 'b', 'c']) expect(log.record(entryOf(id))).toBe(true);
    await expect.poll(() => folder.requestIds()).toEqual(['a', 'b', 'c']);
  });

  it('writes what waits when it ends, and takes nothing afterwards', async () => {
    await using folder = await makeDataFolder();
    const log = folder.open();
    for (let id = 0; id < 2_500; id += 1) log.record(entryOf(`r${id}`));
    await log[Symbol.asyncDispose]();
    expect(await folder.requestIds()).toHaveLength(2_500);
    expect(log.record(entryOf('late'))).toBe(false);
    await expect(log.commit(entryOf('late'))).rejects.toMatchObject({ code: 'INTERNAL', details: { retryable: true } });
    expect(log.isWritable()).toBe(false);
    expect(await verifyAudit(folder)).toMatchObject({ entries: 2_500, unsigned: 0 });
  });

  it('goes on after a restart, over several files', async () => {
    await using folder = await makeDataFolder();
    for (let run = 0; run < 4; run += 1) {
      await using log = folder.open({ segmentBytes: 2_000 });
      for (let part = 0; part < 3; part += 1) await commitMany(log, 3, run * 9 + part * 3 + 1);
    }
    expect(await folder.requestIds()).toEqual(Array.from({ length: 36 }, (_, index) => `r${index + 1}`));
    expect((await folder.segments()).length).toBeGreaterThan(3);
    expect((await verifyAudit(folder)).problem).toBeUndefined();
  });

  it('never lets times go back when the clock does, also over a restart', async () => {
    await using folder = await makeDataFolder();
    for (const hour of [12, 11, 13]) {
      await using log = folder.open({ now: () => Date.UTC(2026, 0, 1, hour) });
      await log.commit(entryOf(`at ${hour}`));
    }
    await using log = folder.open();
    const { edges } = await log.read({ first: 10 });
    expect(edges.map(({ entry }) => entry.time.slice(11, 13))).toEqual(['13', '12', '12']);
  });

  it('tells the metrics what it wrote', async () => {
    await using folder = await makeDataFolder();
    const written: number[] = [];
    {
      await using log = folder.open({ counters: { written: (count) => void written.push(count), failed: () => {} } });
      await commitMany(log, 5);
      await commitMany(log, 2, 6);
    }
    expect(written.reduce((sum, count) => sum + count)).toBe(7);
  });

  it('puts its head into the log output when it ends, where who changes the files does not reach it', async () => {
    await using folder = await makeDataFolder();
    {
      await using log = folder.open();
      await commitMany(log, 2);
    }
    const { seq, hash } = JSON.parse(await folder.text('head.json'));
    expect(seq).toBe(2);
    expect(folder.logged).toContainEqual(expect.objectContaining({ msg: 'audit log head', head: `2:${hash}` }));
  });
});

describe('an entry nobody can write', () => {
  const circular: Record<string, unknown> = {};
  circular['self'] = circular;
  const odd: [string, Partial<AuditEntry>][] = [
    ['a cycle', { variables: circular }],
    ['a BigInt', { variables: { amount: 1n } }],
    ['variables of a megabyte', { variables: { text: 'x'.repeat(1_000_000) } }],
    ['a reason of a megabyte', { reason: '\u2028\n'.repeat(500_000) }],
    ['half a character', { reason: '\ud800' }],
  ];
  it.each(odd)('is recorded without the part that is wrong: %s', async (_, wrong) => {
    await using folder = await makeDataFolder();
    await using log = folder.open();
    await log.commit(entryOf('odd', wrong));
    await log.commit(entryOf('next'));
    expect(await folder.requestIds()).toEqual(['odd', 'next']);
    expect((await stat(join(folder.auditDir, FIRST))).size).toBeLessThan(250_000);
    expect((await verifyAudit(folder)).problem).toBeUndefined();
  });
});

describe('what waits for the disk', () => {
  it('is bounded in entries, and answers false beyond', async () => {
    await using folder = await makeDataFolder();
    await using log = folder.open({ maxWaiting: 10 });
    const taken = Array.from({ length: 15 }, (_, index) => log.record(entryOf(`r${index}`)));
    expect(taken.filter(Boolean)).toHaveLength(10);
    await log.read({ first: 1 });
    expect(log.record(entryOf('later'))).toBe(true);
  });

  it('is bounded in size, and answers false beyond', async () => {
    await using folder = await makeDataFolder();
    await using log = folder.open({ maxWaitingChars: 100_000 });
    const reason = 'x'.repeat(30_000);
    expect([1, 2, 3, 4].map((id) => log.record(entryOf(`r${id}`, { reason })))).toEqual([true, true, true, false]);
    await log.read({ first: 1 });
    expect([1, 2, 3, 4].map((id) => log.record(entryOf(`r${id}`, { reason })))).toEqual([true, true, true, false]);
  });
});

describe('the one writer', () => {
  it('refuses a second log on the same folder with one message, and lets it write once the first has ended', async () => {
    await using folder = await makeDataFolder();
    await using second = folder.open();
    await checkAuditLogFree(folder.dataDir, createLog({ level: 'silent' }));
    {
      await using first = folder.open();
      await first.commit(entryOf('first'));
      await expect(checkAuditLogFree(folder.dataDir, createLog({ level: 'silent' }))).rejects.toThrow(
        /in use by process \d+ on/,
      );
      await expect(second.commit(entryOf('second'))).rejects.toMatchObject({ code: 'INTERNAL' });
      expect(second.isWritable()).toBe(false);
      const told = folder.logged.filter(({ level }) => level === 'error');
      expect(told).toHaveLength(1);
      expect(told[0]?.['reason']).toMatch(`in use by process ${process.pid} on`);
      expect(told[0]?.['reason']).toMatch('VENDORGRAPH_DATA_DIR');
    }
    await expect.poll(() => second.isWritable(), { timeout: 10_000 }).toBe(true);
    expect(await folder.requestIds()).toEqual(['first', 'second']);
  });

  const gone = { since: '2026-01-01T00:00:00.000Z', id: 'of-another', begun: '1' };
  it.each([
    // Above the largest process number Linux gives.
    ['a process that is gone', { ...gone, pid: 4_194_305, host: hostname() }],
    ['an earlier process with the number of a living one', { ...gone, pid: 1, host: hostname() }],
    ['an earlier process with our number', { ...gone, pid: process.pid, host: hostname() }],
    ['nobody who can be read', 'garbage'],
  ])('takes over the lock of %s', async (_, owner) => {
    await using folder = await makeDataFolder();
    await mkdir(folder.auditDir);
    await writeFile(join(folder.auditDir, 'writer.lock'), JSON.stringify(owner));
    await using log = folder.open();
    await log.commit(entryOf('r1'));
    expect((await folder.text('writer.lock')).includes(`"pid":${process.pid}`)).toBe(true);
    expect(await folder.segments()).toEqual([FIRST]);
  });

  it('takes over a lock of this very process that nobody in it holds', async () => {
    await using folder = await makeDataFolder();
    const first = folder.open();
    await first.commit(entryOf('r1'));
    const left = await folder.text('writer.lock');
    await first[Symbol.asyncDispose]();
    await writeFile(join(folder.auditDir, 'writer.lock'), left);
    await using log = folder.open();
    await log.commit(entryOf('r2'));
    expect(await folder.requestIds()).toEqual(['r1', 'r2']);
  });

  it('leaves the lock of another machine as long as that gives signs of life', async () => {
    await using folder = await makeDataFolder();
    await mkdir(folder.auditDir);
    await writeFile(
      join(folder.auditDir, 'writer.lock'),
      JSON.stringify({ ...gone, pid: 4_194_305, host: 'elsewhere' }),
    );
    await using log = folder.open();
    await expect(log.commit(entryOf('r1'))).rejects.toMatchObject({ code: 'INTERNAL' });
    expect(await folder.text('writer.lock')).toMatch('elsewhere');
    const elevenMinutesAgo = new Date(Date.now() - 660_000);
    await utimes(join(folder.auditDir, 'writer.lock'), elevenMinutesAgo, elevenMinutesAgo);
    await expect.poll(() => log.isWritable(), { timeout: 10_000 }).toBe(true);
  });

  it('gives signs of life', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      await using folder = await makeDataFolder();
      await using log = folder.open();
      await log.commit(entryOf('r1'));
      const path = join(folder.auditDir, 'writer.lock');
      await utimes(path, new Date(0), new Date(0));
      vi.advanceTimersByTime(60_000);
      await expect.poll(async () => (await stat(path)).mtimeMs).toBeGreaterThan(Date.now() - 60_000);
    } finally {
      vi.useRealTimers();
    }
  });

  it('leaves nothing of its locking behind', async () => {
    await using folder = await makeDataFolder();
    {
      await using log = folder.open();
      await commitMany(log, 1);
    }
    expect((await readdir(folder.auditDir)).sort()).toEqual([FIRST, 'head.json']);
  });
});

describe('a log that is gone', () => {
  it('is told of at the next start: its key is still there', async () => {
    await using folder = await makeDataFolder();
    const logged: string[] = [];
    const log = createLog({ level: 'info', destination: { write: (line) => void logged.push(line) } });
    await checkAuditLogFree(folder.dataDir, log);
    {
      await using first = folder.open();
      await commitMany(first, 1);
    }
    await checkAuditLogFree(folder.dataDir, log);
    expect(logged).toEqual([]);
    await rm(folder.auditDir, { recursive: true });
    await checkAuditLogFree(folder.dataDir, log);
    expect(logged).toEqual([expect.stringContaining('the audit log is gone')]);
  });
});

describe('after a good end', () => {
  it.each([
    ['an entry that follows', (hash: string) => `${lineOf(hash, entryOf('r3'), 3)}\n`],
    ['half of an entry', () => `${'a'.repeat(64)} {"seq":3,"ti`],
  ])('takes %s for forged, whatever lock lies there', async (_, forge) => {
    await using folder = await makeDataFolder();
    {
      await using log = folder.open();
      await commitMany(log, 2);
    }
    const lines = (await folder.text(FIRST)).trimEnd().split('\n');
    await appendFile(join(folder.auditDir, FIRST), forge(lines.at(-1)?.slice(0, 64) ?? ''));
    await writeFile(join(folder.auditDir, 'writer.lock'), '{}');
    expect((await verifyAudit(folder)).problem).toMatchObject({ seq: 3 });
    await using log = folder.open();
    await expect(log.commit(entryOf('r4'))).rejects.toMatchObject({ code: 'INTERNAL' });
    expect(JSON.stringify(folder.logged)).toContain('with which its last gateway closed the log');
  });
});

/** As the log writes it below a line with that hash. */
function lineOf(above: string, entry: object, seq: number): string {
  const json = JSON.stringify({ seq, time: new Date(0).toISOString(), ...entry });
  return `${sha256(`${above} ${json}`)} ${json}`;
}

describe('after a crash', () => {
  it('sets a torn last line aside, says so, and goes on from the last whole one', async () => {
    await using folder = await makeDataFolder();
    let openHead: string;
    {
      await using log = folder.open();
      await commitMany(log, 3);
      openHead = await folder.text('head.json');
    }
    await writeFile(join(folder.auditDir, 'head.json'), openHead);
    await appendFile(join(folder.auditDir, FIRST), `${'a'.repeat(64)} {"seq":4,"ti`);
    await using log = folder.open();
    await log.commit(entryOf('r4'));
    expect(await folder.requestIds()).toEqual(['r1', 'r2', 'r3', 'r4']);
    const torn = (await readdir(folder.auditDir)).find((name) => name.startsWith('audit-torn-')) ?? '';
    expect(await folder.text(torn)).toBe(`${'a'.repeat(64)} {"seq":4,"ti`);
    expect(folder.logged).toContainEqual(expect.objectContaining({ level: 'warn', bytes: 77 }));
    expect((await verifyAudit(folder)).problem).toBeUndefined();
  });

  it('keeps whole lines below the head: nobody was told of them, yet they happened', async () => {
    await using folder = await makeDataFolder();
    let earlierHead: string;
    {
      await using log = folder.open();
      await commitMany(log, 2);
      earlierHead = await folder.text('head.json');
      await commitMany(log, 2, 3);
    }
    await writeFile(join(folder.auditDir, 'head.json'), earlierHead);
    await using log = folder.open();
    await commitMany(log, 1, 5);
    expect(await folder.requestIds()).toEqual(['r1', 'r2', 'r3', 'r4', 'r5']);
    expect(folder.logged).toContainEqual(expect.objectContaining({ level: 'warn', adopted: 2 }));
  });

  it('refuses to go on where acknowledged entries were cut off, until the folder is moved aside', async () => {
    await using folder = await makeDataFolder();
    {
      await using log = folder.open();
      await commitMany(log, 3);
    }
    const lines = (await folder.text(FIRST)).split('\n');
    await truncate(join(folder.auditDir, FIRST), Buffer.byteLength(`${lines[0]}\n${lines[1]}\n`));
    await using log = folder.open();
    await expect(log.commit(entryOf('r4'))).rejects.toMatchObject({ code: 'INTERNAL' });
    const told = folder.logged.filter(({ level }) => level === 'error');
    expect(told).toHaveLength(1);
    expect(told[0]?.['reason']).toMatch('no entry 3 at the place the head names');
    // The evidence stands as it was.
    expect(await verifyAudit(folder)).toMatchObject({ problem: { seq: 3 } });
    await rename(folder.auditDir, join(folder.dataDir, 'evidence'));
    await expect.poll(() => log.isWritable(), { timeout: 10_000 }).toBe(true);
    expect(await folder.requestIds()).toEqual(['r4']);
  });

  it.each([
    ['was removed', async (path: string) => rename(path, `${path}.bak`)],
    ['is signed with another key', async (path: string) => writeFile(join(path, '../../audit.key'), 'f'.repeat(64))],
  ])('refuses to go on when the head %s', async (_, change) => {
    await using folder = await makeDataFolder();
    {
      await using log = folder.open();
      await commitMany(log, 2);
    }
    await change(join(folder.auditDir, 'head.json'));
    await using log = folder.open();
    await expect(log.commit(entryOf('r3'))).rejects.toMatchObject({ code: 'INTERNAL' });
    expect(await folder.requestIds()).toEqual(['r1', 'r2']);
  });
});

describe('a head that cannot be written', () => {
  it('fails the commit and leaves the log as it was, then goes on without doubling anything', async () => {
    await using folder = await makeDataFolder();
    await using log = folder.open();
    await commitMany(log, 2);
    const before = await folder.text(FIRST);
    const inTheWay = join(folder.auditDir, 'head.json.next');
    await mkdir(inTheWay);
    await expect(log.commit(entryOf('r3'))).rejects.toMatchObject({ code: 'INTERNAL', details: { retryable: true } });
    expect(await folder.text(FIRST)).toBe(before);
    // In one go with the next commit, which must not wait for what the next try brings.
    rmdirSync(inTheWay);
    await expect(log.commit(entryOf('r4'))).rejects.toMatchObject({ code: 'INTERNAL' });
    await expect.poll(() => log.isWritable(), { timeout: 10_000 }).toBe(true);
    await log.commit(entryOf('r5'));
    expect(await folder.requestIds()).toEqual(['r1', 'r2', 'r3', 'r4', 'r5']);
  });
});
