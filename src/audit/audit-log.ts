/** The record of every use of the graph: what the gateway needs of it. Adapters stand beside this file. */
import type { AuditEntry, AuditKind, AuditOutcome, StoredEntry } from './entry.ts';

export interface AuditFilter {
  client?: string | undefined;
  principal?: string | undefined;
  kind?: AuditKind | undefined;
  outcome?: AuditOutcome | undefined;
  /** Only entries that called this vendor. */
  vendor?: string | undefined;
  requestId?: string | undefined;
  /** At this time or later. */
  from?: Date | undefined;
  /** Before this time. */
  to?: Date | undefined;
}

export interface AuditQuery {
  filter?: AuditFilter | undefined;
  /** 1 to 100. */
  first: number;
  /** A cursor of an earlier page. */
  after?: string | undefined;
}

export interface AuditEdge {
  cursor: string;
  entry: StoredEntry;
}

export interface AuditPage {
  edges: readonly AuditEdge[];
  /** Where the search stopped; given even when the page is empty, so that it can go on. Null when nothing was searched. */
  endCursor: string | null;
  /** True also when the search stopped early: a page reads a bounded part of the log and may be short. */
  hasNextPage: boolean;
}

export interface AuditLog extends AsyncDisposable {
  /** Takes it into the next group; never throws, never waits. False when the log cannot take it: what waits for the disk is full. */
  record(entry: AuditEntry): boolean;
  /**
   * As `record`, and resolves once it is on disk. Rejects with INTERNAL (retryable) as soon as it is known that it is not; the
   * entry then waits as a recorded one does, and may reach the disk later.
   */
  commit(entry: AuditEntry): Promise<void>;
  /** Whether the last group reached the disk. False: writes should be refused at once. True as long as nothing was written. */
  isWritable(): boolean;
  /** Newest first. Throws CURSOR_INVALID for a cursor this log did not give, BAD_USER_INPUT for another `first`. */
  read(query: AuditQuery): Promise<AuditPage>;
}

/** Who counts for the metrics. */
export interface AuditCounters {
  /** Entries that reached the disk. */
  written(entries: number): void;
  /** A group that did not; it is tried again. */
  failed(): void;
}
