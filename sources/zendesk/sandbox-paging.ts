/** Zendesk's two ways of paging. A list takes either: `page[size]` or `page[after]` chooses cursors, anything else is counted in pages. */
import type { EmulatorRequest, EmulatorResponse } from '../../src/sandbox/emulator.ts';
import { badRequest, searchInvalid } from './sandbox-errors.ts';

const MAX_SIZE = 100;
/** Counted pages end here, cursors do not. */
const MAX_ROWS = 10_000;

/** What rows are ordered by; the row's id decides between equals. */
type SortKey = string | number;

export interface ListOptions<Row> {
  /** Name of the rows in the answer. */
  name: string;
  rows: readonly Row[];
  /** Of a row, as it is sent. */
  show(row: Row): unknown;
  id(row: Row): number;
  /** What `sort` may name; the first is the order without `sort`. */
  sorts: Record<string, (row: Row) => SortKey>;
}

export function answerList<Row>(request: EmulatorRequest, options: ListOptions<Row>): EmulatorResponse {
  const { query } = request;
  const byCursor = ['page[size]', 'page[after]', 'page[before]'].some((name) => query.has(name));
  if (!byCursor) return answerPages(request, options.name, options.rows, options.show);
  const sorted = sortRows(query.get('sort'), options);
  if (sorted === undefined) return badSort(query.get('sort') ?? '');
  return answerCursor(request, options, sorted);
}

interface Sorted<Row> {
  rows: Row[];
  /** Negative when the first comes before the second. */
  compare(one: Position, other: Position): number;
  position(row: Row): Position;
}

/** Where a row stands, independent of how many rows there are: what a cursor holds. */
type Position = readonly [key: SortKey, id: number];

function sortRows<Row>(sort: string | null, { rows, id, sorts }: ListOptions<Row>): Sorted<Row> | undefined {
  const wanted = sort?.replace(/^-/, '') ?? Object.keys(sorts)[0] ?? '';
  const key = Object.hasOwn(sorts, wanted) ? sorts[wanted] : undefined;
  if (key === undefined) return undefined;
  const direction = sort?.startsWith('-') === true ? -1 : 1;
  const position = (row: Row): Position => [key(row), id(row)];
  const compare = (one: Position, other: Position) => direction * comparePositions(one, other);
  return { rows: rows.toSorted((one, other) => compare(position(one), position(other))), compare, position };
}

function comparePositions([key, id]: Position, [otherKey, otherId]: Position): number {
  if (key < otherKey) return -1;
  if (key > otherKey) return 1;
  return id - otherId;
}

function answerCursor<Row>(
  request: EmulatorRequest,
  { name, show }: ListOptions<Row>,
  sorted: Sorted<Row>,
): EmulatorResponse {
  const { query } = request;
  const size = Number(query.get('page[size]') ?? MAX_SIZE);
  if (!Number.isInteger(size) || size < 1 || size > MAX_SIZE) {
    return badRequest(
      'InvalidPaginationParameter',
      'Invalid page size',
      `page[size] must be between 1 and ${MAX_SIZE}`,
    );
  }
  const after = readCursor(query.get('page[after]'));
  const before = readCursor(query.get('page[before]'));
  if (after === 'invalid' || before === 'invalid') {
    return badRequest(
      'InvalidPaginationParameter',
      'Invalid cursor',
      'page[after] and page[before] must be valid cursors',
    );
  }
  const { compare, position, rows } = sorted;
  const inside = rows.filter(
    (row) =>
      (after === undefined || compare(position(row), after) > 0) &&
      (before === undefined || compare(position(row), before) < 0),
  );
  const backwards = before !== undefined && after === undefined;
  const page = backwards ? inside.slice(-size) : inside.slice(0, size);
  const first = page[0];
  const last = page.at(-1);
  const has_more = inside.length > page.length;
  const after_cursor = last === undefined ? null : writeCursor(position(last));
  const before_cursor = first === undefined ? null : writeCursor(position(first));
  return {
    status: 200,
    json: {
      [name]: page.map(show),
      meta: { has_more, after_cursor, before_cursor },
      links: {
        prev: before_cursor === null ? null : linkTo(request, { 'page[before]': before_cursor, 'page[after]': null }),
        next: has_more && !backwards ? linkTo(request, { 'page[after]': after_cursor, 'page[before]': null }) : null,
      },
    },
  };
}

function writeCursor(position: Position): string {
  return Buffer.from(JSON.stringify({ o: 'nice_id', v: position })).toString('base64');
}

function readCursor(text: string | null): Position | undefined | 'invalid' {
  if (text === null || text === '') return undefined;
  try {
    const { v }: { v?: unknown } = JSON.parse(Buffer.from(text, 'base64').toString());
    if (!Array.isArray(v)) return 'invalid';
    const [key, id]: unknown[] = v;
    if ((typeof key !== 'string' && typeof key !== 'number') || typeof id !== 'number') return 'invalid';
    return [key, id];
  } catch {
    return 'invalid';
  }
}

/** A page by its number. `per_page` beyond 100 is taken as 100; rows beyond the 10,000th are refused. */
export function answerPages<Row>(
  request: EmulatorRequest,
  name: string,
  rows: readonly Row[],
  show: (row: Row) => unknown,
  extra: Record<string, unknown> = {},
): EmulatorResponse {
  const { query } = request;
  const page = Number(query.get('page') ?? 1);
  const size = Math.min(Number(query.get('per_page') ?? MAX_SIZE), MAX_SIZE);
  if (!Number.isInteger(page) || page < 1 || !Number.isInteger(size) || size < 1) {
    return badRequest('InvalidPaginationParameter', 'Invalid page', 'page and per_page must be whole numbers above 0');
  }
  if (page * size > MAX_ROWS) return searchInvalid('Requested response size was greater than Search Response Limits');
  const shown = rows.slice((page - 1) * size, page * size);
  return {
    status: 200,
    json: {
      [name]: shown.map(show),
      ...extra,
      next_page: page * size < rows.length ? linkTo(request, { page: String(page + 1) }) : null,
      previous_page: page > 1 ? linkTo(request, { page: String(page - 1) }) : null,
      count: rows.length,
    },
  };
}

/** The request's own URL with other parameters; null takes one away. */
function linkTo(request: EmulatorRequest, changes: Record<string, string | null>): string {
  const query = new URLSearchParams(request.query);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) query.delete(name);
    else query.set(name, value);
  }
  return `http://${request.headers['host'] ?? 'localhost'}${request.path}?${query}`;
}

function badSort(sort: string): EmulatorResponse {
  return badRequest('InvalidPaginationParameter', 'Invalid sort', `sort is not valid: ${sort}`);
}
