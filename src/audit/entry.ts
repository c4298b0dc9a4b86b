/**
 * What the audit log holds: who did what, on whose behalf, with which outcome. Variables come redacted; nothing here hides them.
 * What is undefined does not stand in the log.
 */

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
  onBehalfOf?: string | undefined;
  /** Why the caller says it asked. */
  reason?: string | undefined;
  transport: string;
  operationName?: string | undefined;
  operationType?: string | undefined;
  /** SHA-256 of the document's text, hex. */
  operationHash?: string | undefined;
  /** Redacted by the caller. */
  variables?: unknown;
  /** Coordinates by sensitivity: `{ EMAIL: ['Person.email'] }`. */
  fields?: Readonly<Record<string, readonly string[]>> | undefined;
  /** Calls by vendor. */
  vendors?: Readonly<Record<string, number>> | undefined;
  outcome: AuditOutcome;
  /** Codes of the errors the caller was given. */
  codes?: readonly string[] | undefined;
  cost?: { estimated: number; actual: number } | undefined;
}

/** An entry as it stands in the log. */
export interface StoredEntry extends AuditEntry {
  /** Counted from 1, without gaps. */
  seq: number;
  /** ISO 8601, milliseconds, UTC; never before the time of the entry above it. */
  time: string;
}
