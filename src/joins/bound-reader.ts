/** Vendor reads bound to one operation's scope: what a keyed read is given to find its rows with. */
import { GatewayError } from '../errors.ts';
import type { Page, RestExecutor } from '../rest/executor.ts';
import type { CallScope } from '../vendors/call-scope.ts';

export interface BoundReader {
  /** One call of an operation that is not paged. `keys`: how many keys it serves, for the explain record. */
  call(operation: string, args: Record<string, unknown>, keys?: number): Promise<unknown>;
  /** The first row of a paged operation; null when there is none. */
  firstRow(operation: string, args: Record<string, unknown>): Promise<unknown>;
  /**
   * Every row of a paged operation, page after page. For lists that are short by nature (one row per key, own staff).
   * Throws LIMIT_EXCEEDED beyond 10,000 rows: a join is no export.
   */
  everyRow(operation: string, args: Record<string, unknown>, keys?: number): Promise<readonly unknown[]>;
}

const PAGE = 1_000;
const MOST_ROWS = 10_000;
/** Pages may come short: twice as many as full ones would take. */
const MOST_PAGES = (2 * MOST_ROWS) / PAGE;

export function createBoundReader(rest: RestExecutor, scope: CallScope): BoundReader {
  return {
    call: (operation, args, keys) => rest.call(operation, args, scope, { keys }),
    async firstRow(operation, args) {
      const { rows } = await rest.page(operation, args, { first: 1 }, scope);
      return rows[0]?.node ?? null;
    },
    async everyRow(operation, args, keys) {
      const options = { keys };
      const rows: unknown[] = [];
      let after: string | null = null;
      for (let pages = 1; ; pages += 1) {
        const page: Page = await rest.page(operation, args, { first: PAGE, after }, scope, options);
        for (const { node } of page.rows) rows.push(node);
        if (!page.hasNextPage || page.endCursor === null) return rows;
        // Each page asked for is as many of the vendor's as could hold a thousand rows, and some more.
        if (page.rows.length === 0) throw leadsNowhere(operation);
        if (rows.length >= MOST_ROWS || pages >= MOST_PAGES) throw tooLong(operation);
        after = page.endCursor;
      }
    },
  };
}

function tooLong(operation: string): GatewayError {
  const message = `${operation} holds more than ${MOST_ROWS} rows, too many to join with.`;
  return new GatewayError('LIMIT_EXCEEDED', message, { operation, limit: 'rows' });
}

function leadsNowhere(operation: string): GatewayError {
  const message = `${operation} gave page after page without a row, and always a next one.`;
  return new GatewayError('VENDOR_BAD_RESPONSE', message, { operation, retryable: false });
}
