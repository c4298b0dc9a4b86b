/** What the audit log holds: who did what, on whose behalf, with which outcome. Variables come redacted; nothing here hides them. */

export const AUDIT_KINDS = ['operation', 'write-opened', 'write-closed', 'refused'] as const;
export const AUDIT_OUTCOMES = ['ok', 'partial', 'failed', 'refused', 'left', 'opened'] as const;

/** `operation`: one for each read. `write-opened`: before the vendors are called; `write-closed`: after. `refused`: nothing was called. */
export type AuditKind = (typeof AUDIT_KINDS)[number];
export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number];

export interface AuditEntry {
  requestId: string;
  kind: AuditKind;
  principal: string;
  client: string;
  clientKind: string;
  onBehalfOf?: string;
  /** Why the caller says it asked. */
  reason?: string;
  transport: string;
  operationName?: string;
  operationType?: string;
  /** SHA-256 of the document's text, hex. */
  operationHash?: string;
  /** Redacted by the caller. */
  variables?: unknown;
  /** Coordinates by sensitivity: `{ EMAIL: ['Person.email'] }`. */
  fields?: Readonly<Record<string, readonly string[]>>;
  /** Calls by vendor. */
  vendors?: Readonly<Record<string, number>>;
  outcome: AuditOutcome;
  /** Codes of the errors the caller was given. */
  codes?: readonly string[];
  cost?: { estimated: number; actual: number };
}

/** An entry as it stands in the log. */
export interface StoredEntry extends AuditEntry {
  /** Counted from 1, without gaps. */
  seq: number;
  /** ISO 8601, milliseconds, UTC; never before the time of the entry above it. */
  time: string;
}
