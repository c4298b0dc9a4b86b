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

export interface PageArguments {
  first?: number | null;
  after?: string | null;
}

/** `whole`: all rows, however few were asked for. */
export function connectionOf({ rows }: Listing<unknown>, { first, after }: PageArguments, whole: boolean): object {
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
