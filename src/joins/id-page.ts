/** Pages of a list whose ids are known already, e.g. from the CRM's associations: only the page's own rows are read. */

import { GatewayError } from '../errors.ts';
import type { CursorCodec } from '../rest/cursor.ts';
import { type Page, type PageRow, readFirst } from '../rest/page-reader.ts';
import type { JoinContext, PageArguments } from './join.ts';

/**
 * Cursors carry the id they stand behind, not its place: rows that come or go before it move nothing.
 * `field` is the list's name and `owner` whose list it is; a cursor of another one is CURSOR_INVALID.
 * Ids that lead to no row are left out.
 */
export async function pageOfIds(
  list: { field: string; owner: string },
  ids: readonly string[],
  { first, after }: PageArguments,
  { rest }: Pick<JoinContext, 'rest'>,
  read: (id: string) => Promise<unknown>,
): Promise<Page> {
  const codec = rest.cursors(list.field, { owner: list.owner });
  const behind = after ?? null;
  const start = behind === null ? 0 : placeBehind(codec.decode(behind)[0], ids, list.field);
  const wanted = ids.slice(start, start + readFirst(list.field, first));
  const nodes = await Promise.all(wanted.map(read));
  const last = wanted.at(-1);
  return {
    rows: wanted.flatMap((id, index) => (nodes[index] ? [rowBehind(id, nodes[index], codec)] : [])),
    hasNextPage: start + wanted.length < ids.length,
    get endCursor() {
      return last === undefined ? null : codec.encode([last]);
    },
  };
}

function rowBehind(id: string, node: unknown, codec: CursorCodec): PageRow {
  return {
    node,
    get cursor() {
      return codec.encode([id]);
    },
  };
}

/** The page of a list that nobody has, such as a company's invoices where it is no customer. Arguments are checked all the same. */
export function emptyPage(field: string, page: PageArguments, context: Pick<JoinContext, 'rest'>): Promise<Page> {
  return pageOfIds({ field, owner: '' }, [], page, context, async () => null);
}

function placeBehind(id: unknown, ids: readonly string[], field: string): number {
  const place = ids.indexOf(String(id));
  if (place >= 0) return place + 1;
  throw new GatewayError(
    'CURSOR_INVALID',
    `What the cursor of ${field} stood behind is not in the list any more. Start over without "after".`,
    {
      operation: field,
      retryable: false,
    },
  );
}
