/** A list of the world's rows that the graph hands out in pages. */
export class Listing<Row> {
  readonly rows: readonly (readonly [key: string, row: Row])[];

  constructor(rows: readonly (readonly [key: string, row: Row])[]) {
    this.rows = rows;
  }
}

/** Rows with the keys their cursors are made of. */
export function listing<Row>(rows: readonly (readonly [string, Row])[]): Listing<Row> {
  return new Listing(rows);
}

/** Begins every cursor of the oracle, so that a comparison knows one: the gateway's are opaque. */
export const CURSOR = 'cursor:';

/** Why a page is refused: the code a caller sees. It is an Error, so that graphql-js tells where. */
export class Refusal extends Error {
  readonly code: string;

  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

const MOST_ROWS = 1_000;

export interface PageArguments {
  first?: number | null;
  after?: string | null;
}

/** `whole`: all rows, however few were asked for. A page that is refused is so in each of its parts. */
export function connectionOf({ rows }: Listing<unknown>, page: PageArguments, whole: boolean): object {
  const refusal = whole ? undefined : refusalOf(page);
  return refusal ? { nodes: refusal, edges: refusal, pageInfo: refusal } : partsOf(rows, page, whole);
}

function refusalOf({ first, after }: PageArguments): Refusal | undefined {
  if (first != null && (first < 1 || first > MOST_ROWS)) return new Refusal('BAD_USER_INPUT');
  return after == null || after.startsWith(CURSOR) ? undefined : new Refusal('CURSOR_INVALID');
}

function partsOf(rows: Listing<unknown>['rows'], { first, after }: PageArguments, whole: boolean): object {
  const start = after == null ? 0 : rows.findIndex(([key]) => `${CURSOR}${key}` === after) + 1;
  const page = whole ? rows : rows.slice(start, start + (first ?? 20));
  const last = page.at(-1);
  return {
    nodes: page.map(([, node]) => node),
    edges: page.map(([key, node]) => ({ cursor: `${CURSOR}${key}`, node })),
    pageInfo: {
      hasNextPage: !whole && start + page.length < rows.length,
      endCursor: last ? `${CURSOR}${last[0]}` : null,
    },
  };
}
