/** Fills a page of the graph from as many vendor pages as it takes. */
import { GatewayError } from '../errors.ts';
import type { CursorCodec } from './cursor.ts';
import { createCursorPager } from './cursor-pager.ts';
import type { JsonPath } from './json-path.ts';
import { createLastIdPager } from './last-id-pager.ts';
import { createOffsetPager } from './offset-pager.ts';
import { createPageNumberPager } from './page-number-pager.ts';
import type { LoadPage, Pager, Slice } from './pager.ts';
import type { PagingRule } from './paging-rule.ts';
import { isNew, type RowId, rowIdOf } from './repeats.ts';

export interface Page {
  rows: PageRow[];
  hasNextPage: boolean;
  /** Made when it is read. */
  readonly endCursor: string | null;
}

export interface PageRow {
  /** Made when it is read. */
  readonly cursor: string;
  node: unknown;
}

export interface PageRequest {
  /** Rows wanted, 1 to 1,000. @default 20 */
  first?: number | null | undefined;
  after?: string | null | undefined;
}

const DEFAULT_ROWS = 20;
const MAX_ROWS = 1_000;

export function createPager(rule: PagingRule): Pager {
  switch (rule.style) {
    case 'cursor':
      return createCursorPager(rule);
    case 'lastId':
      return createLastIdPager(rule);
    case 'offset':
      return rule.unit === 'row' ? createOffsetPager(rule) : createPageNumberPager(rule);
  }
}

export interface PageQuestion {
  /** The list's name, for messages. */
  field: string;
  codec: CursorCodec;
  request: PageRequest;
  pager: Pager;
  maxSize: number;
  /** Where a row holds its id. */
  id: JsonPath;
  load: LoadPage;
}

/** Each row once, in the order the vendor's pages bring them. Throws RangeError for pages that lead nowhere. */
export async function readPage({ field, codec, request, pager, maxSize, id, load }: PageQuestion): Promise<Page> {
  const first = readFirst(field, request.first);
  const after = request.after ?? null;
  let position = after === null ? pager.start : codec.decode(after);
  if (!pager.accepts(position)) throw invalidCursor(field);

  const rows: PageRow[] = [];
  const seen = new Set<RowId>();
  let hasNextPage = true;
  // Of a list that grows while it is read, a few rows may come again; a whole page of them leads nowhere.
  let isFruitless = false;
  // Vendors may give shorter pages than asked for, even empty ones, but not without end: then the caller goes on.
  for (let call = 0; call < 2 * Math.ceil(first / maxSize) + 3; call += 1) {
    const slice = await pager.read(position, isFruitless ? maxSize : first - rows.length, load);
    const before = rows.length;
    const read = takeNew(slice, { rows, seen, first, id }, codec);
    const next = read < slice.rows.length ? slice.after(read - 1) : slice.next;
    hasNextPage = next !== null;
    const isRepeated = hasNextPage && rows.length === before && slice.rows.length > 0;
    if (isRepeated && isFruitless) throw new RangeError('the same rows again');
    isFruitless = isRepeated;
    position = next ?? position;
    if (next === null || rows.length === first) break;
  }
  return {
    rows,
    hasNextPage,
    get endCursor() {
      return hasNextPage ? codec.encode(position) : (rows.at(-1)?.cursor ?? null);
    },
  };
}

interface Taken {
  rows: PageRow[];
  /** Ids of `rows`, from the second slice on: most pages need one. */
  seen: Set<RowId>;
  /** Rows wanted in all. */
  first: number;
  id: JsonPath;
}

/** Takes the rows that are new until there are enough, and those behind that are not; says how many of the slice that was. */
function takeNew(slice: Slice, { rows, seen, first, id }: Taken, codec: CursorCodec): number {
  const isFirst = rows.length === 0;
  if (!isFirst && seen.size === 0) for (const { node } of rows) isNew(node, seen, id);
  for (const [index, node] of slice.rows.entries()) {
    if (rows.length === first && (isFirst || !seen.has(rowIdOf(node, id) ?? ''))) return index;
    if (isFirst || isNew(node, seen, id)) rows.push(rowAt(slice, index, node, codec));
  }
  return slice.rows.length;
}

/** A cursor is made when somebody selects it: many queries never do. */
function rowAt(slice: Slice, index: number, node: unknown, codec: CursorCodec): PageRow {
  return {
    node,
    get cursor() {
      return codec.encode(slice.after(index));
    },
  };
}

/** The page with what each row stands for in its place; rows that stand for nothing are left out. */
export function withNodes(page: Page, nodeOf: (node: unknown) => unknown): Page {
  const rows = page.rows.flatMap((row): PageRow[] => {
    const node = nodeOf(row.node);
    if (!node) return [];
    return [
      {
        node,
        get cursor() {
          return row.cursor;
        },
      },
    ];
  });
  return {
    rows,
    hasNextPage: page.hasNextPage,
    get endCursor() {
      return page.endCursor;
    },
  };
}

/** The size a caller may ask for. Throws BAD_USER_INPUT for any other. */
export function readFirst(field: string, first: number | null | undefined): number {
  const rows = first ?? DEFAULT_ROWS;
  if (Number.isInteger(rows) && rows >= 1 && rows <= MAX_ROWS) return rows;
  throw new GatewayError('BAD_USER_INPUT', `The argument "first" is ${rows}; it can be 1 to ${MAX_ROWS}.`, {
    operation: field,
    retryable: false,
  });
}

function invalidCursor(field: string): GatewayError {
  return new GatewayError('CURSOR_INVALID', `The cursor does not fit ${field}.`, {
    operation: field,
    retryable: false,
  });
}
