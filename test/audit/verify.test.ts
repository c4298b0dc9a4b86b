/** Whatever is done to the files of a log, verification finds it: random changes, and those somebody who knows the format makes. */
import { createHash } from 'node:crypto';
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyAudit } from '../../src/audit/verify.ts';
import { commitMany, entryOf, makeDataFolder } from './log-under-test.ts';

const RUNS = 100;
const ENTRIES = 40;

/** A log as it lies on disk. */
interface LogCopy {
  /** Names and byte contents of the segments, in order. */
  files: [name: string, bytes: Buffer][];
  head: string;
  key: string;
}

let original: LogCopy;
let other: LogCopy;
let scratch: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'vendorgraph-verify-'));
  await mkdir(join(scratch, 'audit'));
  original = await makeLog('mine');
  other = await makeLog('theirs');
});
afterAll(() => rm(scratch, { recursive: true }));

async function makeLog(client: string): Promise<LogCopy> {
  await using folder = await makeDataFolder();
  {
    await using log = folder.open({ segmentBytes: 3_000, now: () => Date.UTC(2026, 0, 1) });
    for (let number = 1; number <= ENTRIES; number += 1) await log.commit(entryOf(`r${number}`, { client }));
  }
  const names = await folder.segments();
  return {
    files: await Promise.all(
      names.map(async (name): Promise<[string, Buffer]> => [name, await readFile(join(folder.auditDir, name))]),
    ),
    head: await folder.text('head.json'),
    key: await folder.text('../audit.key'),
  };
}

/** What lies in the scratch folder: of the hundreds of logs looked at, only what differs is written. */
const onDisk = new Map<string, string>();

async function verdictOn({ files, head, key }: LogCopy) {
  const wanted = new Map(files.map(([name, bytes]) => [join('audit', name), bytes.toString('latin1')]));
  if (head !== '') wanted.set('audit/head.json', head);
  if (key !== '') wanted.set('audit.key', key);
  for (const name of [...onDisk.keys()].filter((known) => !wanted.has(known))) {
    await rm(join(scratch, name));
    onDisk.delete(name);
  }
  for (const [name, text] of wanted) {
    if (onDisk.get(name) !== text) await writeFile(join(scratch, name), text, 'latin1');
    onDisk.set(name, text);
  }
  return await verifyAudit({ dataDir: scratch });
}

function linesOf({ files }: LogCopy): string[] {
  return files.flatMap(([, bytes]) => bytes.toString().split(/(?<=\n)/));
}

/** The same lines in the files they were in, as far as the files' names let them; the rest in the last one. */
function withLines(log: LogCopy, lines: readonly string[]): LogCopy {
  const starts = log.files.map(([name]) => Number(/\d+/.exec(name)?.[0]) - 1);
  const files = log.files.map(([name], index): [string, Buffer] => [
    name,
    Buffer.from(lines.slice(starts[index], starts[index + 1]).join('')),
  ]);
  return { ...log, files };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** What somebody without the key can do: give every line the number and the hash it needs. */
function rechained(lines: readonly string[]): string[] {
  let above = '0'.repeat(64);
  return lines.map((line, index) => {
    const json = line.slice(65, -1).replace(/^\{"seq":\d+/, `{"seq":${index + 1}`);
    above = sha256(`${above} ${json}`);
    return `${above} ${json}\n`;
  });
}

const anyLine = fc.nat({ max: ENTRIES - 1 });

describe('verification', () => {
  it('finds nothing in a log as it was written', async () => {
    expect(original.files.length).toBeGreaterThan(3);
    const verdict = await verdictOn(original);
    expect(verdict).toEqual({
      entries: ENTRIES,
      segments: original.files.length,
      hash: expect.any(String),
      unsigned: 0,
    });
  });

  it('finds every flipped bit of the log and names its entry', async () => {
    const size = Buffer.concat(original.files.map(([, bytes]) => bytes)).length;
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: size - 1 }), fc.integer({ min: 1, max: 255 }), async (position, mask) => {
        const all = Buffer.concat(original.files.map(([, bytes]) => bytes));
        const entry = all.subarray(0, position).toString('latin1').split('\n').length;
        let left = position;
        let changed = '';
        const files = original.files.map(([name, bytes]): [string, Buffer] => {
          const copy = Buffer.from(bytes);
          if (left >= 0 && left < copy.length) {
            copy[left] = (copy[left] ?? 0) ^ mask;
            changed = name;
          }
          left -= copy.length;
          return [name, copy];
        });
        expect((await verdictOn({ ...original, files })).problem).toMatchObject({ seq: entry, file: changed });
      }),
      { numRuns: 2 * RUNS },
    );
  });

  it('finds every flipped bit of the head and of the key', async () => {
    const flip = (text: string, position: number, mask: number): string => {
      const bytes = Buffer.from(text, 'latin1');
      bytes[position % bytes.length] = (bytes[position % bytes.length] ?? 0) ^ mask;
      return bytes.toString('latin1');
    };
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 255 }), fc.boolean(), async (position, mask, ofHead) => {
        const log = ofHead
          ? { ...original, head: flip(original.head, position, mask) }
          : // Not its line break.
            { ...original, key: flip(original.key, position % 64, mask) };
        const problem = await verdictOn(log).then(
          (verdict) => verdict.problem,
          (error: Error) => error.name,
        );
        expect(problem).toBeDefined();
      }),
      { numRuns: RUNS },
    );
  });

  const changes: Record<string, fc.Arbitrary<(lines: string[]) => string[]>> = {
    'a deleted line': anyLine.map((at) => (lines) => lines.toSpliced(at, 1)),
    'a doubled line': anyLine.map((at) => (lines) => lines.toSpliced(at, 0, lines[at] ?? '')),
    'two exchanged lines': fc.uniqueArray(anyLine, { minLength: 2, maxLength: 2 }).map(
      ([a = 0, b = 0]) =>
        (lines) =>
          lines.with(a, lines[b] ?? '').with(b, lines[a] ?? ''),
    ),
    'a line of another log': anyLine.map((at) => (lines) => lines.with(at, linesOf(other)[at] ?? '')),
    'the end of another log': anyLine.map((at) => (lines) => [...lines.slice(0, at), ...linesOf(other).slice(at)]),
    'a cut in the middle': fc.tuple(anyLine, fc.integer({ min: 1, max: ENTRIES })).map(
      ([at, count]) =>
        (lines) =>
          lines.toSpliced(at, count),
    ),
    'a truncated end': fc.tuple(anyLine, fc.nat({ max: 300 })).map(([at, rest]) => (lines) => [
      ...lines.slice(0, at),
      (lines[at] ?? '').slice(0, Math.min(rest, (lines[at]?.length ?? 1) - 1)),
    ]),
    'an entry changed, and all hashes made anew': anyLine.map(
      (at) => (lines) => rechained(lines.with(at, (lines[at] ?? '').replace('"client":"mine"', '"client":"nobody"'))),
    ),
    'an entry left out, and all hashes made anew': anyLine.map((at) => (lines) => rechained(lines.toSpliced(at, 1))),
    'entries added below, with the right hashes': fc
      .integer({ min: 1, max: 3 })
      .map((count) => (lines) => rechained([...lines, ...lines.slice(0, count)])),
    'bytes added below': fc.string({ minLength: 1 }).map((text) => (lines) => [...lines, text]),
  };
  it.each(Object.entries(changes))('finds %s', async (_, change) => {
    await fc.assert(
      fc.asyncProperty(change, async (apply) => {
        expect((await verdictOn(withLines(original, apply(linesOf(original))))).problem).toBeDefined();
      }),
      { numRuns: RUNS },
    );
  });

  it('names the entry that is missing and the one that stands in its place', async () => {
    const { problem } = await verdictOn(withLines(original, linesOf(original).toSpliced(2, 1)));
    expect(problem).toMatchObject({ seq: 3, expected: 'entry 3', found: 'entry 4' });
  });

  it('finds a missing file, wherever it stood', async () => {
    for (const [name] of original.files) {
      const files = original.files.filter(([other]) => other !== name);
      expect((await verdictOn({ ...original, files })).problem, name).toBeDefined();
    }
    expect((await verdictOn({ ...original, files: [] })).problem).toBeDefined();
  });

  it('names the file that lost the end of its last line', async () => {
    const [[name, bytes] = ['', Buffer.of()], ...rest] = original.files;
    const entry = bytes.toString().split('\n').length - 1;
    const files: LogCopy['files'] = [[name, bytes.subarray(0, -1)], ...rest];
    expect((await verdictOn({ ...original, files })).problem).toMatchObject({ seq: entry, file: name });
  });

  it('finds a file under another name', async () => {
    const [first, [name, bytes] = ['', Buffer.of()], ...rest] = original.files;
    const renamed = name.replace(/\d{12}/, (digits) => String(Number(digits) + 1).padStart(12, '0'));
    const files = first ? [first, [renamed, bytes] satisfies [string, Buffer], ...rest] : [];
    expect((await verdictOn({ ...original, files })).problem).toMatchObject({ expected: name, found: renamed });
  });

  it('finds a head that is gone, of another log, or signed by who has not the key', async () => {
    expect((await verdictOn({ ...original, head: '' })).problem).toMatchObject({ found: 'none' });
    expect((await verdictOn({ ...original, head: other.head })).problem).toBeDefined();
    expect((await verdictOn({ ...original, head: `${original.head} ` })).problem?.found).toMatch('nobody can read');
    expect((await verdictOn({ ...original, key: other.key })).problem?.found).toMatch('another key');
    expect((await verdictOn({ ...original, key: '' })).problem?.found).toMatch('no key');
  });

  it('needs a head kept elsewhere to find a whole log put in place of this one, head and key and all', async () => {
    await using folder = await makeDataFolder();
    let kept = { seq: 0, hash: '' };
    {
      await using log = folder.open();
      await commitMany(log, 3);
      await log[Symbol.asyncDispose]();
      const { seq, hash } = JSON.parse(await folder.text('head.json'));
      kept = { seq, hash };
    }
    expect((await verifyAudit({ ...folder, head: kept })).problem).toBeUndefined();
    await rm(folder.auditDir, { recursive: true });
    expect((await verifyAudit(folder)).problem).toMatchObject({ expected: 'the log whose heads audit.key has signed' });
    await rm(join(folder.dataDir, 'audit.key'));
    expect((await verifyAudit(folder)).problem).toBeUndefined();
    expect((await verifyAudit({ ...folder, head: kept })).problem).toMatchObject({ found: 'no log' });
    {
      await using log = folder.open();
      await commitMany(log, 2, 100);
    }
    expect((await verifyAudit(folder)).problem).toBeUndefined();
    expect((await verifyAudit({ ...folder, head: kept })).problem).toMatchObject({
      seq: 3,
      found: 'the end of the log',
    });
  });

  it('takes a line that is being written for no fault while a gateway runs, and for one afterwards', async () => {
    await using folder = await makeDataFolder();
    const path = () => join(folder.auditDir, 'audit-000000000001.jsonl');
    {
      await using log = folder.open();
      await commitMany(log, 2);
      await appendFile(path(), '0123');
      expect(await verifyAudit(folder)).toEqual({ entries: 2, segments: 1, hash: expect.any(String), unsigned: 0 });
    }
    expect((await verifyAudit(folder)).problem).toMatchObject({ seq: 3, found: 'bytes of another line' });
  });

  it('works while entries are written', async () => {
    await using folder = await makeDataFolder();
    await using log = folder.open({ segmentBytes: 5_000 });
    const writing = (async () => {
      for (let part = 0; part < 60; part += 1) await commitMany(log, 5, part * 5 + 1);
    })();
    let last = 0;
    while (last < 300) {
      const { entries, problem } = await verifyAudit(folder);
      expect(problem).toBeUndefined();
      expect(entries).toBeGreaterThanOrEqual(last);
      last = entries;
    }
    await writing;
    expect((await readdir(folder.auditDir)).length).toBeGreaterThan(10);
  });

  it('finds nothing wrong where there is no log', async () => {
    await using folder = await makeDataFolder();
    expect(await verifyAudit(folder)).toMatchObject({ entries: 0, segments: 0 });
  });
});
