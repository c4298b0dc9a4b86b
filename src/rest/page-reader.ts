/** Fills a page of the graph from as many vendor pages as it takes. */
import { GatewayError } from '../errors.ts';
import { createCursorCodec, type Position } from './cursor.ts';
import { createCursorPager } from './cursor-pager.ts';
import { createLastIdPager } from './last-id-pager.ts';
import { createOffsetPager } from './offset-pager.ts';
import type { LoadPage, Pager, Slice } from './pager.ts';
import type { PagingRule } from './paging-rule.ts';

export interface Page {
  rows: { cursor: string; node: unknown }[];
  hasNextPage: boolean;
  endCursor: string | null;
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
      return createOffsetPager(rule);
  }
}

export interface PageQuestion {
  /** Root field's name, which cursors are bound to. */
  field: string;
  args: Readonly<Record<string, unknown>>;
  request: PageRequest;
  pager: Pager;
  maxSize: number;
  load: LoadPage;
}

export async function readPage({ field, args, request, pager, maxSize, load }: PageQuestion): Promise<Page> {
  const first = readFirst(field, request.first);
  const codec = createCursorCodec(field, args);
  const after = request.after ?? null;
  let position = after === null ? pager.start : codec.decode(after);
  if (!pager.accepts(position)) throw invalidCursor(field);

  const page: Page = { rows: [], hasNextPage: true, endCursor: null };
  // Vendors may give shorter pages than asked for, even empty ones, but not without end: then the caller goes on.
  for (let call = 0; call < 2 * Math.ceil(first / maxSize) + 3; call += 1) {
    const slice = await pager.read(position, first - page.rows.length, load);
    const taken = Math.min(slice.rows.length, first - page.rows.length);
    for (let index = 0; index < taken; index += 1) page.rows.push(row(slice, index, codec.encode));
    const next = taken < slice.rows.length ? slice.after(taken - 1) : slice.next;
    page.hasNextPage = next !== null;
    position = next ?? position;
    if (next === null || page.rows.length === first) break;
  }
  page.endCursor = page.hasNextPage ? codec.encode(position) : (page.rows.at(-1)?.cursor ?? null);
  return page;
}

/** A cursor is made when somebody selects it: many queries never do. */
function row(slice: Slice, index: number, encode: (position: Position) => string): Page['rows'][number] {
  return {
    node: slice.rows[index],
    get cursor() {
      return encode(slice.after(index));
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
