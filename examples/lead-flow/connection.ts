/** Walks a list of the graph, page by page, until something is found. */
export interface Page<Row> {
  nodes: Row[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

export const PAGE_FIELDS = 'pageInfo { hasNextPage endCursor }';

/** `isBefore`: of a list that is newest first, the first row too old to be looked at. */
export async function findRow<Row>(
  readPage: (after: string | null) => Promise<Page<Row>>,
  isWanted: (row: Row) => boolean,
  isBefore: (row: Row) => boolean = () => false,
): Promise<Row | undefined> {
  for (let after: string | null = null; ; ) {
    const { nodes, pageInfo }: Page<Row> = await readPage(after);
    const found = nodes.find(isWanted);
    if (found !== undefined || !pageInfo.hasNextPage || nodes.some(isBefore)) return found;
    after = pageInfo.endCursor;
  }
}
