import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AuditFilter, AuditQuery } from '../../src/audit/audit-log.ts';
import type { AuditEntry } from '../../src/audit/entry.ts';
import { readPage } from '../../src/audit/read-page.ts';
import { commitMany, type DataFolder, entryOf, makeDataFolder } from './log-under-test.ts';

const START = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;
const ENTRIES = 300;

/** Entry n is of minute n; three clients, two kinds, two vendors in turns. */
const moreOf = (number: number): Partial<AuditEntry> => ({
  client: ['console', 'agent', 'billing "app"'][number % 3] ?? '',
  kind: number % 5 === 0 ? 'write-opened' : 'operation',
  outcome: number % 7 === 0 ? 'failed' : 'ok',
  vendors: number % 2 === 0 ? { stripe: 1 } : { hubspot: 1, zendesk: 2 },
  // Looks like what a filter searches for, at another place.
  variables: { client: 'console', kind: 'write-opened', vendors: { stripe: 3 }, text: 'ä\u2028\n' },
});

async function fill(folder: DataFolder, segmentBytes = 8_000): Promise<void> {
  let number = 0;
  await using log = folder.open({ segmentBytes, now: () => START + number * MINUTE });
  for (number = 1; number <= ENTRIES; number += 1) {
    const committed = log.commit(entryOf(`r${number}`, moreOf(number)));
    if (number % 10 === 0) await committed;
  }
}

/** Follows the cursors to the end; the sizes of the pages beside the request ids. */
async function readAll(dir: string, query: AuditQuery, maxScanBytes?: number) {
  const ids: string[] = [];
  const sizes: number[] = [];
  let after: string | undefined;
  for (;;) {
    const page = await readPage(dir, { ...query, after }, maxScanBytes === undefined ? {} : { maxScanBytes });
    ids.push(...page.edges.map(({ entry }) => entry.requestId));
    sizes.push(page.edges.length);
    if (!page.hasNextPage) return { ids, sizes };
    after = page.endCursor ?? undefined;
  }
}

function expectedIds({ client, kind, outcome, vendor, from, to }: AuditFilter): string[] {
  const numbers = Array.from({ length: ENTRIES }, (_, index) => ENTRIES - index);
  return numbers
    .filter((number) => {
      const entry = { ...entryOf(''), ...moreOf(number) };
      const time = START + number * MINUTE;
      return (
        (client === undefined || entry.client === client) &&
        (kind === undefined || entry.kind === kind) &&
        (outcome === undefined || entry.outcome === outcome) &&
        (vendor === undefined || Object.hasOwn(entry.vendors ?? {}, vendor)) &&
        (from === undefined || time >= from.getTime()) &&
        (to === undefined || time < to.getTime())
      );
    })
    .map((number) => `r${number}`);
}

const minute = fc.integer({ min: -10, max: ENTRIES + 10 }).map((number) => new Date(START + number * MINUTE));
const anyFilter: fc.Arbitrary<AuditFilter> = fc.record(
  {
    client: fc.constantFrom('console', 'agent', 'billing "app"', 'nobody'),
    kind: fc.constantFrom('operation', 'write-opened'),
    outcome: fc.constantFrom('ok', 'failed', 'left'),
    vendor: fc.constantFrom('stripe', 'zendesk', 'slack'),
    from: minute,
    to: minute,
  },
  { requiredKeys: [] },
);

describe('reading the audit log', () => {
  it('answers every filter with the entries a plain look at all of them gives, page by page, however little one may read', async () => {
    await using folder = await makeDataFolder();
    await fill(folder);
    expect((await folder.segments()).length).toBeGreaterThan(5);
    const scan = fc.option(fc.integer({ min: 1, max: 20_000 }), { nil: undefined });
    await fc.assert(
      fc.asyncProperty(anyFilter, fc.integer({ min: 1, max: 100 }), scan, async (filter, first, maxScanBytes) => {
        const { ids, sizes } = await readAll(folder.auditDir, { filter, first }, maxScanBytes);
        expect(ids).toEqual(expectedIds(filter));
        // Only a page that may not read on is short.
        if (maxScanBytes === undefined) expect(sizes.slice(0, -1).every((size) => size === first)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it('reads no more than it may for one page, and none of what is too new or too old', async () => {
    await using folder = await makeDataFolder();
    await fill(folder);
    const read = (filter: AuditFilter) => readPage(folder.auditDir, { filter, first: 5 }, { maxScanBytes: 9_000 });
    const none = await read({ client: 'nobody' });
    expect(none).toMatchObject({ edges: [], hasNextPage: true, endCursor: expect.any(String) });
    // Of one file or so; all newer ones are left out.
    expect((await read({ to: new Date(START + 10 * MINUTE) })).edges).toHaveLength(5);
    const newest = await read({ from: new Date(START + (ENTRIES - 1) * MINUTE) });
    expect(newest).toMatchObject({ edges: [{}, {}], hasNextPage: false });
  });

  it('reads entries longer than the pieces the file is read in', async () => {
    await using folder = await makeDataFolder();
    await using log = folder.open();
    const long = { variables: { text: 'ü'.repeat(60_000) } };
    for (let number = 0; number < 12; number += 1) log.record(entryOf(`r${number}`, number % 2 ? long : {}));
    const { edges } = await log.read({ first: 100 });
    expect(edges.map(({ entry }) => entry.requestId)).toEqual(
      Array.from({ length: 12 }, (_, index) => `r${11 - index}`),
    );
    expect(edges[0]?.entry.variables).toEqual(long.variables);
  });

  it('finds one request', async () => {
    await using folder = await makeDataFolder();
    await fill(folder);
    const { edges } = await readPage(folder.auditDir, { filter: { requestId: 'r17' }, first: 1 });
    expect(edges.map(({ entry }) => entry.seq)).toEqual([17]);
  });

  it('shows what was recorded just before', async () => {
    await using folder = await makeDataFolder();
    await using log = folder.open();
    log.record(entryOf('just now'));
    expect((await log.read({ first: 1 })).edges.map(({ entry }) => entry.requestId)).toEqual(['just now']);
  });

  it('leaves out a line that is being written', async () => {
    await using folder = await makeDataFolder();
    await using log = folder.open();
    await commitMany(log, 2);
    await appendFile(join(folder.auditDir, 'audit-000000000001.jsonl'), '00ff00 {"se');
    expect((await log.read({ first: 10 })).edges).toHaveLength(2);
  });

  it('gives cursors that stay valid while the log grows', async () => {
    await using folder = await makeDataFolder();
    await using log = folder.open({ segmentBytes: 1_000 });
    await commitMany(log, 5);
    const { endCursor } = await log.read({ first: 2 });
    for (let from = 6; from < 30; from += 3) await commitMany(log, 3, from);
    const { edges } = await log.read({ first: 10, after: endCursor ?? undefined });
    expect(edges.map(({ entry }) => entry.seq)).toEqual([3, 2, 1]);
  });

  it.each([
    ['nonsense', 'nonsense'],
    ['nothing', ''],
    ['a place in the middle of a line', Buffer.from('2.7').toString('base64url')],
    ['another entry than stands there', Buffer.from('2.0').toString('base64url')],
    ['a place behind the end', Buffer.from('3.999999').toString('base64url')],
    ['another spelling', Buffer.from('1.00').toString('base64url')],
    ['no entry', Buffer.from('0.0').toString('base64url')],
  ])('refuses a cursor that it did not give: %s', async (_, after) => {
    await using folder = await makeDataFolder();
    await using log = folder.open();
    await commitMany(log, 3);
    await expect(log.read({ first: 1, after })).rejects.toMatchObject({ code: 'CURSOR_INVALID' });
  });

  it.each([0, 101, 1.5, Number.NaN])('refuses first: %s', async (first) => {
    await using folder = await makeDataFolder();
    await using log = folder.open();
    await expect(log.read({ first })).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  it('says that the log is damaged, and shows nothing of it, where a line is no entry', async () => {
    await using folder = await makeDataFolder();
    {
      await using log = folder.open();
      await commitMany(log, 1);
    }
    const path = join(folder.auditDir, 'audit-000000000001.jsonl');
    await writeFile(path, (await readFile(path, 'utf8')).replace('{"seq"', '{seq"'));
    const refusal = await readPage(folder.auditDir, { first: 1 }).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'INTERNAL', message: expect.stringMatching('audit verify') });
    expect(String(refusal)).not.toMatch(folder.dataDir);
  });
});
