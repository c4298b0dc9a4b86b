import { describe, expect, it } from 'vitest';
import { createBoundReader } from '../../src/joins/bound-reader.ts';
import { createConnection } from '../../src/rest/connection.ts';
import { type CursorCodec, createCursors, type Position } from '../../src/rest/cursor.ts';
import type { Page } from '../../src/rest/executor.ts';
import { createPager, readPage, withNodes } from '../../src/rest/page-reader.ts';
import type { LoadPage } from '../../src/rest/pager.ts';
import { stripeConfig, testScope } from '../vendors/kit.ts';
import { type SeenRequest, sendJson } from '../vendors/vendor-server.ts';
import { http, startGraph, type TestGraph } from './graph.ts';

const list = (name: string, method: string, path: string, paging: string): string =>
  `${name}(first: Int = 20, after: String, status: String, tags: [String!], input: JSON): RowConnection!
    ${http(method, path, method === 'GET' ? 'queryParamArgMap: "{\\"status\\":\\"status\\",\\"tags\\":\\"tags\\"}"' : 'operationSpecificHeaders: [["Content-Type", "application/json"]]')}
    @paging(${paging})`;

const SDL = `
  type Row { id: ID! }
  type RowEdge { cursor: String! node: Row }
  type RowConnection { edges: [RowEdge!] nodes: [Row] pageInfo: PageInfo }
  type Query {
    ${list('byCursor', 'GET', '/cursor', 'style: "cursor", items: "results", in: "query", size: "page[size]", cursor: "page[after]", next: "paging.next.after", maxSize: 7')}
    ${list('byMore', 'GET', '/more', 'style: "cursor", items: "results", in: "query", size: "limit", cursor: "page", next: "next_page", more: "has_more", maxSize: 7')}
    ${list('byBody', 'POST', '/body', 'style: "cursor", items: "results", in: "body", size: "limit", cursor: "after", next: "paging.next.after", maxSize: 7')}
    ${list('byLastId', 'GET', '/last-id', 'style: "lastId", items: "data", in: "query", size: "limit", cursor: "starting_after", id: "object.id", more: "has_more", maxSize: 7, order: "made", direction: "asc"')}
    ${list('byRow', 'GET', '/row', 'style: "offset", items: "data.rows", in: "query", size: "take", offset: "skip", unit: "row", first: 0, more: "more", maxSize: 7')}
    ${list('byPage', 'GET', '/page', 'style: "offset", items: "data.rows", in: "query", size: "per_page", offset: "page", unit: "page", first: 1, more: "next", maxSize: 7')}
    ${list('bounded', 'GET', '/bounded', 'style: "offset", items: "data.rows", in: "query", size: "per_page", offset: "page", unit: "page", first: 1, more: "next", maxSize: 7, maxRows: 20')}
    ${list('stuck', 'GET', '/stuck', 'style: "cursor", items: "results", in: "query", size: "limit", cursor: "after", next: "next", maxSize: 7')}
    ${list('repeated', 'GET', '/repeated', 'style: "cursor", items: "results", in: "query", size: "limit", cursor: "after", next: "next", maxSize: 7')}
    ${list('backwards', 'GET', '/backwards', 'style: "lastId", items: "data", in: "query", size: "limit", cursor: "starting_after", more: "has_more", maxSize: 7')}
    ${list('sparse', 'GET', '/sparse', 'style: "cursor", items: "", in: "query", size: "limit", cursor: "after", next: "next", maxSize: 7')}
    ${list('empties', 'GET', '/empties', 'style: "cursor", items: "results", in: "query", size: "limit", cursor: "after", next: "next", maxSize: 7')}
    ${list('gone', 'GET', '/gone', 'style: "cursor", items: "results", in: "query", size: "limit", cursor: "after", next: "next", maxSize: 7')}
    ${list('broken', 'GET', '/broken', 'style: "cursor", items: "results", in: "query", size: "limit", cursor: "after", next: "next", maxSize: 7')}
  }
`;

const TOTAL = 23;
/** Two and two of them were made in one instant. */
const ROWS = Array.from({ length: TOTAL }, (_, at) => ({
  id: `row_${at}`,
  object: { id: at + 100 },
  made: new Date(Math.floor(at / 2) * 1_000).toISOString(),
}));
const STYLES = ['byCursor', 'byMore', 'byBody', 'byLastId', 'byRow', 'byPage'];

/** One vendor with every style. It refuses what is beyond its page size or its rows, as vendors do. */
function answerOf(request: SeenRequest, send: Send): unknown {
  const { pathname, searchParams: query } = new URL(request.url, 'http://vendor.example');
  const body = request.body === '' ? {} : JSON.parse(request.body);
  const slice = (start: number, size: number) => {
    if (!(size >= 1 && size <= 7) || !(start >= 0)) throw new RangeError(`size ${size} from ${start}`);
    return { rows: send(ROWS.slice(start, start + size)), end: start + size, more: start + size < TOTAL };
  };
  switch (pathname) {
    case '/cursor': {
      const { rows, end, more } = slice(Number(query.get('page[after]') ?? 0), Number(query.get('page[size]')));
      return { results: rows, ...(more ? { paging: { next: { after: String(end) } } } : {}) };
    }
    case '/more': {
      const { rows, end, more } = slice(Number(query.get('page')?.slice(1) ?? 0), Number(query.get('limit')));
      return { results: rows, has_more: more, next_page: `p${end}` };
    }
    case '/body': {
      const { rows, end, more } = slice(Number(body.after ?? 0), body.limit);
      return { results: rows, paging: more ? { next: { after: end } } : null };
    }
    case '/last-id': {
      const last = query.get('starting_after');
      const start = last === null ? 0 : ROWS.findIndex((row) => String(row.object.id) === last) + 1;
      const { rows, more } = slice(start, Number(query.get('limit')));
      return { data: rows, has_more: more };
    }
    case '/row': {
      const { rows, more } = slice(Number(query.get('skip')), Number(query.get('take')));
      return { data: { rows }, more };
    }
    case '/page':
    case '/bounded': {
      const size = Number(query.get('per_page'));
      const page = Number(query.get('page'));
      if (pathname === '/bounded' && page * size > 20) throw new RangeError('beyond the last row');
      const { rows, more } = slice((page - 1) * size, size);
      return { data: { rows }, next: more ? 'https://vendor.example/next' : null };
    }
    case '/stuck':
      return { results: ROWS.slice(0, 2), next: 'same' };
    case '/repeated': {
      const call = Number(query.get('after') ?? 0);
      return { results: ROWS.slice(0, call === 0 ? 2 : 1), next: `${call + 1}` };
    }
    case '/backwards':
      return { data: ROWS.slice(0, 7), has_more: true };
    case '/sparse':
      return ROWS.slice(0, 3);
    case '/empties':
      return { results: [], next: `${Number(query.get('after') ?? 0) + 1}` };
    default:
      return { results: { id: 1 } };
  }
}

/** What happens to a page's rows on their way out. */
type Send = (rows: typeof ROWS) => typeof ROWS;

const startLists = (send: Send = (rows) => rows) =>
  startGraph({
    sdl: SDL,
    config: stripeConfig({ retry: { attempts: 1 } }),
    answer: (request, response) => {
      if (request.url.startsWith('/gone')) return sendJson(response, {}, 404);
      try {
        sendJson(response, answerOf(request, send));
      } catch (error) {
        sendJson(response, { error: { message: String(error) } }, 400);
      }
    },
  });

const idsOf = (page: Page): unknown[] => page.rows.map((row) => (row.node as { id: unknown }).id);
const ALL = ROWS.map((row) => row.id);

async function readAll(graph: TestGraph, name: string, first: number): Promise<unknown[]> {
  const ids: unknown[] = [];
  let after: string | null = null;
  for (let round = 0; round < 50; round += 1) {
    const page: Page = await graph.rest.page(name, {}, { first, after }, testScope());
    ids.push(...idsOf(page));
    if (!page.hasNextPage) return ids;
    after = page.endCursor;
  }
  throw new Error(`${name} has no end`);
}

describe.each(STYLES)('paging %s', (name) => {
  it.each([1, 2, 3, 5, 7, 8, 10, 14, 22, 23, 24, 100])(
    'gives every row once, in order, %i at a time',
    async (first) => {
      await using graph = await startLists();
      expect(await readAll(graph, name, first)).toEqual(ALL);
    },
  );

  it('goes on exactly after any row, whatever the page it stood on', async () => {
    await using graph = await startLists();
    for (const first of [4, 10, 100]) {
      const page = await graph.rest.page(name, {}, { first }, testScope());
      for (const [index, { cursor }] of page.rows.entries()) {
        for (const size of [1, 3, 7, 9]) {
          const rest = await graph.rest.page(name, {}, { first: size, after: cursor }, testScope());
          expect(idsOf(rest)).toEqual(ALL.slice(index + 1, index + 1 + size));
          expect(rest.hasNextPage).toBe(index + 1 + size < TOTAL);
        }
      }
    }
  });

  it('asks for no more pages than it needs', async () => {
    await using graph = await startLists();
    await graph.rest.page(name, {}, { first: 5 }, testScope());
    expect(graph.vendor.seen).toHaveLength(1);
    await graph.rest.page(name, {}, { first: 14 }, testScope());
    expect(graph.vendor.seen).toHaveLength(3);
  });

  it('takes 20 rows when nobody says', async () => {
    await using graph = await startLists();
    expect(idsOf(await graph.rest.page(name, {}, { first: null }, testScope()))).toEqual(ALL.slice(0, 20));
    expect(idsOf(await graph.rest.page(name, {}, {}, testScope()))).toHaveLength(20);
  });

  it.each([0, -1, 1_001, 1.5, Number.NaN])('refuses first: %d', async (first) => {
    await using graph = await startLists();
    await expect(graph.rest.page(name, {}, { first }, testScope())).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: `The argument "first" is ${first}; it can be 1 to 1000.`,
    });
    expect(graph.vendor.seen).toEqual([]);
  });

  it('refuses a cursor that was changed, made up or made elsewhere', async () => {
    await using graph = await startLists();
    const { rows } = await graph.rest.page(name, { status: 'open', tags: ['a'] }, { first: 2 }, testScope());
    const [cursor = ''] = rows.map((row) => row.cursor);
    const calls = graph.vendor.seen.length;
    const changed = Array.from(
      cursor,
      (char, at) => cursor.slice(0, at) + (char === 'A' ? 'B' : 'A') + cursor.slice(at + 1),
    );
    const refuse = async (after: string, args = { status: 'open', tags: ['a'] }, field = name) =>
      await expect(graph.rest.page(field, args, { after }, testScope())).rejects.toMatchObject({
        code: 'CURSOR_INVALID',
      });
    for (const after of [...changed, `${cursor}A`, `${cursor}=`, cursor.slice(1), '', 'null', 'x'.repeat(10_000)])
      await refuse(after);
    await refuse(cursor, { status: 'paid', tags: ['a'] });
    await refuse(cursor, { status: 'open', tags: ['a', 'b'] });
    await refuse(
      cursor,
      undefined,
      STYLES.find((other) => other !== name),
    );
    expect(graph.vendor.seen).toHaveLength(calls);
    await graph.rest.page(name, { tags: ['a'], status: 'open' }, { first: 1, after: cursor }, testScope());
    expect(graph.vendor.seen).toHaveLength(calls + 1);
  });
});

const FAULTS: readonly { how: string; send: Send }[] = [
  { how: 'the other way round', send: (rows) => rows.toReversed() },
  { how: 'twice', send: (rows) => rows.flatMap((row) => [row, row]) },
  { how: 'the other way round and twice', send: (rows) => [...rows.toReversed(), ...rows.toReversed()] },
];

describe.each(FAULTS)('rows that come $how', ({ send }) => {
  it.each(STYLES)('are there once each, however many at a time: %s', async (name) => {
    await using graph = await startLists(send);
    for (const first of [1, 2, 3, 5, 7, 8, 10, 22, 23, 24, 100]) {
      const ids = await readAll(graph, name, first);
      expect(ids, `${first} at a time`).toHaveLength(TOTAL);
      expect(new Set(ids)).toEqual(new Set(ALL));
    }
  });

  it('are there once each where the size changes on the way', async () => {
    await using graph = await startLists(send);
    for (const sizes of [
      [3, 100],
      [5, 9, 2, 7, 7],
      [1, 8, 3, 3, 8],
    ]) {
      const ids: unknown[] = [];
      let after: string | null = null;
      for (const first of sizes) {
        const page: Page = await graph.rest.page('byPage', {}, { first, after }, testScope());
        ids.push(...idsOf(page));
        after = page.endCursor;
      }
      expect(ids).toHaveLength(TOTAL);
      expect(new Set(ids)).toEqual(new Set(ALL));
    }
  });
});

describe('a list that holds rows twice', () => {
  it.each(['row', 'page'] as const)(
    'is walked by its own places, none of them lost, each row of a page once: %s',
    async (unit) => {
      const list = ROWS.flatMap((row) => [row, row]);
      const pager = createPager({
        ...{ style: 'offset', unit, size: 'size', offset: 'at', first: 0, more: ['more'], id: ['id'] },
        ...{ items: [], in: 'query', maxSize: 7 },
      });
      const load: LoadPage = async ({ size, at }) => {
        const start = Number(at) * (unit === 'page' ? Number(size) : 1);
        return { rows: list.slice(start, start + Number(size)), content: { more: start + Number(size) < list.length } };
      };
      const codec = createCursors()('list', {});
      for (const first of [2, 4, 8, 100]) {
        const found: unknown[] = [];
        for (let after: string | null = null; ; ) {
          const page: Page = await readPage({
            ...{ field: 'list', codec, request: { first, after }, pager, maxSize: 7, id: ['id'], load },
          });
          found.push(...idsOf(page));
          if (!page.hasNextPage) break;
          after = page.endCursor;
        }
        // A cursor is a place, no memory: the double of the last row may be the first of the next page.
        if (first === 100) expect(found).toEqual(ALL);
        expect([...new Set(found)], `${first} at a time`).toEqual(ALL);
      }
    },
  );
});

describe('a list put in order', () => {
  it.each([FAULTS[0], FAULTS[1]])('is as the vendor has it, when rows come $how', async (fault) => {
    await using graph = await startLists(fault?.send);
    for (const first of [7, 14, 100]) expect(await readAll(graph, 'byLastId', first)).toEqual(ALL);
  });
});

describe('a cursor with a good seal and a bad position', () => {
  it.each<[string, Position]>([
    ['byCursor', ['a', 8, 3]],
    ['byCursor', ['a', 3, -1]],
    ['byCursor', ['a', 1.5, 1]],
    ['byCursor', ['a']],
    ['byLastId', []],
    ['byLastId', Array.from({ length: 34 }, (_, id) => id)],
    ['byRow', [-1]],
    ['byRow', ['1']],
    ['byRow', [1e300]],
    ['byPage', [null]],
    ['byPage', [7]],
    ['byPage', [7, 2, 0]],
    ['byPage', [8, 8, 0]],
    ['byPage', [0, 0, 0]],
    ['byPage', [0, 7, -1]],
  ])('is refused before any call: %s %j', async (name, position) => {
    await using graph = await startLists();
    const after = graph.rest.cursors(name, {}).encode(position);
    await expect(graph.rest.page(name, {}, { after }, testScope())).rejects.toMatchObject({ code: 'CURSOR_INVALID' });
    expect(graph.vendor.seen).toEqual([]);
  });
});

describe('a vendor that pages badly', () => {
  it('is not asked for the same page again and again', async () => {
    await using graph = await startLists();
    await expect(graph.rest.page('stuck', {}, { first: 100 }, testScope())).rejects.toMatchObject({
      code: 'VENDOR_BAD_RESPONSE',
    });
    expect(graph.vendor.seen).toHaveLength(2);
  });

  it('and brings the same rows again and again is left', async () => {
    await using graph = await startLists();
    for (const name of ['repeated', 'backwards']) {
      const calls = graph.vendor.seen.length;
      await expect(graph.rest.page(name, {}, { first: 100 }, testScope())).rejects.toMatchObject({
        code: 'VENDOR_BAD_RESPONSE',
        message: `Stripe answered ${name} with the same rows again.`,
      });
      expect(graph.vendor.seen.length).toBeLessThanOrEqual(calls + 3);
    }
  });

  it('with empty pages without end is left after some, with a cursor to go on', async () => {
    await using graph = await startLists();
    const page = await graph.rest.page('empties', {}, { first: 7 }, testScope());
    expect(page).toMatchObject({ rows: [], hasNextPage: true, endCursor: expect.any(String) });
    expect(graph.vendor.seen).toHaveLength(5);
    await graph.rest.page('empties', {}, { first: 7, after: page.endCursor }, testScope());
    expect(graph.vendor.seen[5]?.url).toContain('after=5');
  });

  it('with empty pages without end is no list to join with', async () => {
    await using graph = await startLists();
    const everyRow = createBoundReader(graph.rest, testScope()).everyRow('empties', {});
    await expect(everyRow).rejects.toMatchObject({ code: 'VENDOR_BAD_RESPONSE', details: { operation: 'empties' } });
    expect(graph.vendor.seen.length).toBeLessThan(300);
  });

  it('says so when it will list no more rows', async () => {
    await using graph = await startLists();
    const page = await graph.rest.page('bounded', {}, { first: 20 }, testScope());
    expect(idsOf(page)).toEqual(ALL.slice(0, 20));
    expect(page.hasNextPage).toBe(true);
    await expect(graph.rest.page('bounded', {}, { after: page.endCursor }, testScope())).rejects.toMatchObject({
      code: 'VENDOR_REJECTED',
      message: 'Stripe lists no more than 20 rows (bounded); narrow the search.',
      details: { retryable: false },
    });
  });

  it('is a bad response when the rows are no list', async () => {
    await using graph = await startLists();
    await expect(graph.rest.page('broken', {}, {}, testScope())).rejects.toMatchObject({ code: 'VENDOR_BAD_RESPONSE' });
  });

  it('may answer with the bare list', async () => {
    await using graph = await startLists();
    expect(await graph.rest.page('sparse', {}, {}, testScope())).toMatchObject({
      hasNextPage: false,
      rows: [{}, {}, {}],
    });
  });

  it('that knows no such list has an empty one', async () => {
    await using graph = await startLists();
    expect(await graph.rest.page('gone', {}, {}, testScope())).toEqual({
      rows: [],
      hasNextPage: false,
      endCursor: null,
    });
  });
});

describe('a connection', () => {
  it('keeps the other arguments on every page', async () => {
    await using graph = await startLists();
    await graph.rest.page('byCursor', { status: 'open' }, { first: 10 }, testScope());
    await graph.rest.page('byBody', { input: { status: 'open' } }, { first: 10 }, testScope());
    expect(graph.vendor.seen.map(({ url, body }) => decodeURIComponent(url) + body)).toEqual([
      '/cursor?status=open&page[size]=7',
      '/cursor?status=open&page[size]=3&page[after]=7',
      '/body{"status":"open","limit":7}',
      '/body{"status":"open","limit":3,"after":7}',
    ]);
  });

  it('loads once for all of its fields', async () => {
    let loads = 0;
    const connection = createConnection(async () => {
      loads += 1;
      return { rows: [{ cursor: 'c', node: { id: 'a' } }], hasNextPage: true, endCursor: 'c' };
    });
    expect(loads).toBe(0);
    expect(await Promise.all([connection.nodes(), connection.edges(), connection.pageInfo()])).toMatchObject([
      [{ id: 'a' }],
      [{ cursor: 'c', node: { id: 'a' } }],
      { hasNextPage: true, endCursor: 'c' },
    ]);
    expect(loads).toBe(1);
  });

  it('makes the cursors that are selected and no others', async () => {
    let made = 0;
    const codec: CursorCodec = {
      encode: () => {
        made += 1;
        return `cursor ${made}`;
      },
      decode: () => [],
    };
    const pager = createPager({
      style: 'lastId',
      size: 'n',
      cursor: 'c',
      id: ['id'],
      more: ['more'],
      items: [],
      in: 'query',
      maxSize: 9,
    });
    const load = async () => ({ rows: ROWS.slice(0, 9), content: { more: true } });
    const question = { field: 'list', codec, request: { first: 9 }, pager, maxSize: 9, id: ['id'], load };
    const page = withNodes(await readPage(question), (row) => row);
    const connection = createConnection(async () => page);
    await connection.nodes();
    const [edge] = await connection.edges();
    const info = await connection.pageInfo();
    expect([made, info.hasNextPage]).toEqual([0, true]);
    expect([edge?.cursor, info.endCursor]).toEqual(['cursor 1', 'cursor 2']);
  });

  it('gives its rows, edges and page to a query', async () => {
    await using graph = await startLists();
    const { data, errors } = await graph.query(
      '{ byRow(first: 2) { nodes { id } edges { cursor node { id } } pageInfo { hasNextPage endCursor } } }',
    );
    expect(errors).toBeUndefined();
    const { rows, endCursor } = await graph.rest.page('byRow', {}, { first: 2 }, testScope());
    const edges = rows.map(({ cursor }, at) => ({ cursor, node: { id: `row_${at}` } }));
    expect(data).toEqual({
      byRow: { nodes: edges.map((edge) => edge.node), edges, pageInfo: { hasNextPage: true, endCursor } },
    });
  });

  it('that nobody looks into makes no call', async () => {
    await using graph = await startLists();
    expect(await graph.query('{ byRow { __typename } }')).toEqual({ data: { byRow: { __typename: 'RowConnection' } } });
    expect(graph.vendor.seen).toEqual([]);
  });

  it('that fails nulls its own fields and nothing else', async () => {
    await using graph = await startLists();
    const { data, errors } = await graph.query(
      '{ broken { nodes { id } pageInfo { endCursor } } byRow(first: 1) { nodes { id } } }',
    );
    expect(data).toEqual({ broken: { nodes: null, pageInfo: null }, byRow: { nodes: [{ id: 'row_0' }] } });
    expect(errors).toHaveLength(2);
  });
});
