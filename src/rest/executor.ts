/**
 * Calls vendors as the annotations of the composed schema say: a root field's name and arguments become one request, its
 * answer becomes plain rows under the vendor's own property names. Knows no policy: the door it is given has them all.
 */
import type { VendorConfig } from '../config/vendor.ts';
import type { VendorName } from '../config/vendor-name.ts';
import { GatewayError } from '../errors.ts';
import type { CallScope, VendorAnswer, VendorRequest } from '../vendors/call-scope.ts';
import { type Cursors, createCursors } from './cursor.ts';
import { RowLimitError } from './offset-pager.ts';
import type { RestOperation } from './operation.ts';
import { createPager, type Page, type PageRequest, readPage } from './page-reader.ts';
import type { LoadPage, Pager } from './pager.ts';
import { readAnswer, readPageAnswer } from './vendor-answer.ts';
import { badResponse } from './vendor-fault.ts';
import { buildRequest } from './vendor-request.ts';

export type { Page, PageRequest } from './page-reader.ts';

/** What the executor needs of the door to the vendors. */
export interface Door {
  send(request: VendorRequest, scope: CallScope): Promise<VendorAnswer>;
}

export interface RestExecutorOptions {
  operations: ReadonlyMap<string, RestOperation>;
  vendors: ReadonlyMap<VendorName, VendorConfig>;
  door: Door;
  /** What seals the cursors of lists. @default a key of this process alone */
  cursors?: Cursors;
}

export interface CallOptions {
  /** Keys a batch read asks for; for the record. @default 1 */
  keys?: number | undefined;
  /** Sent in the operation's idempotency header, when it has one. */
  idempotencyKey?: string | undefined;
}

export interface PageOptions extends CallOptions {
  /** Name of the list its cursors hold for, e.g. `Account.invoices`. @default the root field's */
  list?: string;
}

export type RestArguments = Readonly<Record<string, unknown>>;

export interface RestExecutor {
  /** For lists that are put together of several reads. */
  cursors: Cursors;
  /**
   * Answers with what the root field returns, in the vendor's own property names. A read of something that does not
   * exist is null; every other failure is a GatewayError.
   */
  call(name: string, args: RestArguments, scope: CallScope, options?: CallOptions): Promise<unknown>;
  /**
   * Rows of a paged root field, each once, over as many vendor pages as `first` needs. A list whose owner does not exist
   * is empty.
   */
  page(name: string, args: RestArguments, request: PageRequest, scope: CallScope, options?: PageOptions): Promise<Page>;
}

export function createRestExecutor({
  operations,
  vendors,
  door,
  cursors = createCursors(),
}: RestExecutorOptions): RestExecutor {
  const pagers = new Map<string, Pager>();
  for (const { name, paging } of operations.values()) if (paging !== undefined) pagers.set(name, createPager(paging));

  const find = (name: string): { operation: RestOperation; vendor: VendorConfig } => {
    const operation = operations.get(name);
    if (operation === undefined) throw new TypeError(`${name} is no vendor operation`);
    const vendor = vendors.get(operation.vendor);
    if (vendor === undefined) throw new TypeError(`${name} belongs to ${operation.vendor}, which is not configured`);
    return { operation, vendor };
  };

  return {
    cursors,

    async call(name, args, scope, { keys, idempotencyKey } = {}) {
      const { operation, vendor } = find(name);
      const built = buildRequest(operation, vendor, { args, keys, idempotencyKey });
      const request = built instanceof Promise ? await built : built;
      return readAnswer(operation, vendor, await door.send(request, scope));
    },

    async page(name, args, request, scope, { list: field = name, ...options } = {}) {
      const { operation, vendor } = find(name);
      const pager = pagers.get(name);
      if (operation.paging === undefined || pager === undefined) throw new TypeError(`${name} is not paged`);
      const load: LoadPage = async (paging) => {
        const answer = await door.send(await buildRequest(operation, vendor, { args, paging, ...options }), scope);
        return readPageAnswer(operation, vendor, answer) ?? { rows: [], content: null };
      };
      try {
        const { maxSize, id } = operation.paging;
        return await readPage({ field, codec: cursors(field, args), request, pager, maxSize, id, load });
      } catch (error) {
        throw pageFault(error, operation, vendor);
      }
    },
  };
}

/** Pagers know neither vendor nor field; what they throw is told in the caller's terms here. */
function pageFault(error: unknown, operation: RestOperation, vendor: VendorConfig): unknown {
  const details = { vendor: operation.vendor, operation: operation.name, retryable: false };
  if (error instanceof RowLimitError) {
    const message = `${vendor.title} lists no more than ${error.maxRows} rows (${operation.name}); narrow the search.`;
    return new GatewayError('VENDOR_REJECTED', message, { ...details, cause: error });
  }
  return error instanceof RangeError ? badResponse(operation, vendor, error.message, error) : error;
}
