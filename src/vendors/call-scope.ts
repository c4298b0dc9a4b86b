/**
 * What a vendor call belongs to: one GraphQL operation of one principal. Made by the graph floor for each operation, it
 * bounds the operation's calls in time, ends them when the caller leaves, and keeps one call per identical read.
 */
import type { VendorName } from '../config/vendor-name.ts';
import type { ErrorCode } from '../errors.ts';
import type { LeaveSignal } from './leave-signal.ts';

export interface CallScope {
  requestId: string;
  /** Who asks, e.g. `key:vg_demo_frontend`; part of every key under which answers are shared. */
  principal: string;
  /** Whose calls wait in one queue. @default the principal */
  client?: string;
  /** Aborts when the caller leaves or the operation is over. */
  signal: LeaveSignal;
  /** Epoch milliseconds after which no call of this operation may still run. */
  deadlineAt: number;
  /** Throws SCOPE_MISSING when the principal may not use the vendor this way. Asked before every call. */
  authorize(vendor: VendorName, access: 'read' | 'write'): void;
  /** Told before a call leaves, shared ones left out. Throws when the operation has made as many as it may. */
  begin?(access: 'read' | 'write'): void;
  /** Reads in flight or done in this operation, by principal and request: identical reads are one call. */
  reads: Map<string, Promise<VendorAnswer>>;
  /** Told of each write that ended, well or not. */
  onWrite?: (() => void) | undefined;
  /** Told once for each vendor call that ended, shared ones (`cached: true`) included. */
  record(call: VendorCallRecord): void;
}

/** One line of `extensions.explain.vendorCalls`. Holds no URL, header, key or body. */
export interface VendorCallRecord {
  vendor: VendorName;
  /** Root field's name, e.g. `stripeInvoices`. */
  operation: string;
  method: string;
  /** HTTP status; null when no answer came. */
  status: number | null;
  /**
   * When it was wanted, when it went out, when it ended: milliseconds of a monotonic clock (performance.now). Between the
   * first two it waited for a place.
   */
  askedAt: number;
  startedAt: number;
  endedAt: number;
  /** Keys a batch read asked for; 1 for everything else. */
  keys: number;
  /** Answered by a call that another field of the operation made. */
  cached: boolean;
  /** 1 for the first try. */
  attempt: number;
  error?: ErrorCode;
}

/** What goes out to a vendor, below the endpoint. Made by `rest/`, carried by the door. */
export interface VendorRequest {
  vendor: VendorName;
  operation: string;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path and query below the vendor's endpoint, encoded, starting with `/`. */
  target: string;
  /** The operation's template, e.g. `/v1/customers/{customer}`; the door checks `target` against it once more. */
  template: string;
  headers: Record<string, string>;
  body?: string | Buffer | undefined;
  /** Reads may be retried and shared; writes never are. */
  access: 'read' | 'write';
  /** For the record. @default 1 */
  keys?: number | undefined;
}

export interface VendorAnswer {
  status: number;
  /** Lower-case names. */
  headers: Record<string, string>;
  body: Buffer;
  /**
   * What a good answer says, once somebody has read it: the body is let go then. Whoever shares the answer is given the
   * very same rows, so nobody changes them.
   */
  content?: unknown;
}
