/** A Relay connection that asks its vendor only when a field of it is wanted, and then once for all of them. */
import type { Page } from './page-reader.ts';

/** graphql-js's default resolver calls these; each failing one is null with an error and leaves the others alone. */
export interface Connection {
  nodes(): Promise<unknown[]>;
  edges(): Promise<Page['rows']>;
  pageInfo(): Promise<Pick<Page, 'hasNextPage' | 'endCursor'>>;
}

export function createConnection(load: () => Promise<Page>): Connection {
  let page: Promise<Page> | undefined;
  const once = (): Promise<Page> => {
    page ??= load();
    return page;
  };
  return {
    nodes: async () => (await once()).rows.map((row) => row.node),
    edges: async () => (await once()).rows,
    pageInfo: once,
  };
}
