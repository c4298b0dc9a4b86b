/** From entries to what `Query.auditEvents` answers (`audit.graphql`): maps become lists, variables a JSON text. */
import { GatewayError } from '../errors.ts';
import type { AuditPage, AuditQuery } from './audit-log.ts';
import type { AuditKind, AuditOutcome, StoredEntry } from './entry.ts';

const KINDS = {
  OPERATION: 'operation',
  WRITE_OPENED: 'write-opened',
  WRITE_CLOSED: 'write-closed',
  REFUSED: 'refused',
} as const satisfies Record<string, AuditKind>;

const OUTCOMES = {
  OK: 'ok',
  PARTIAL: 'partial',
  FAILED: 'failed',
  REFUSED: 'refused',
  LEFT: 'left',
  OPENED: 'opened',
} as const satisfies Record<string, AuditOutcome>;

/** The field's arguments as GraphQL hands them over; times are `DateTime`, an ISO 8601 text or a Date. */
export interface AuditEventsArgs {
  filter?: AuditFilterInput | null;
  first?: number | null;
  after?: string | null;
}

export interface AuditFilterInput {
  client?: string | null;
  principal?: string | null;
  kind?: keyof typeof KINDS | null;
  outcome?: keyof typeof OUTCOMES | null;
  vendor?: string | null;
  requestId?: string | null;
  from?: string | Date | null;
  to?: string | Date | null;
}

export interface AuditEvent {
  seq: number;
  time: string;
  requestId: string;
  kind: keyof typeof KINDS;
  principal: string;
  client: string;
  clientKind: string;
  onBehalfOf: string | null;
  reason: string | null;
  transport: string;
  operationName: string | null;
  operationType: string | null;
  operationHash: string | null;
  variables: string | null;
  fields: { sensitivity: string; coordinates: readonly string[] }[];
  vendors: { vendor: string; calls: number }[];
  outcome: keyof typeof OUTCOMES;
  codes: readonly string[];
  cost: { estimated: number; actual: number } | null;
}

/** What a connection of the graph is made of. */
export interface AuditEventPage {
  rows: { cursor: string; node: AuditEvent }[];
  hasNextPage: boolean;
  endCursor: string | null;
}

/** Throws BAD_USER_INPUT for a `DateTime` that is none. */
export function auditQueryOf({ filter, first, after }: AuditEventsArgs): AuditQuery {
  const { kind, outcome, from, to } = filter ?? {};
  return {
    first: first ?? 20,
    after: after ?? undefined,
    filter: {
      client: filter?.client ?? undefined,
      principal: filter?.principal ?? undefined,
      kind: kind ? KINDS[kind] : undefined,
      outcome: outcome ? OUTCOMES[outcome] : undefined,
      vendor: filter?.vendor ?? undefined,
      requestId: filter?.requestId ?? undefined,
      from: dateOf(from, 'from'),
      to: dateOf(to, 'to'),
    },
  };
}

export function auditEventPageOf({ edges, endCursor, hasNextPage }: AuditPage): AuditEventPage {
  return { rows: edges.map(({ cursor, entry }) => ({ cursor, node: auditEventOf(entry) })), hasNextPage, endCursor };
}

export function auditEventOf(entry: StoredEntry): AuditEvent {
  const { fields = {}, vendors = {}, variables } = entry;
  return {
    seq: entry.seq,
    time: entry.time,
    requestId: entry.requestId,
    kind: keyOf(KINDS, entry.kind),
    principal: entry.principal,
    client: entry.client,
    clientKind: entry.clientKind,
    onBehalfOf: entry.onBehalfOf ?? null,
    reason: entry.reason ?? null,
    transport: entry.transport,
    operationName: entry.operationName ?? null,
    operationType: entry.operationType ?? null,
    operationHash: entry.operationHash ?? null,
    variables: variables === undefined ? null : JSON.stringify(variables),
    fields: Object.entries(fields).map(([sensitivity, coordinates]) => ({ sensitivity, coordinates })),
    vendors: Object.entries(vendors).map(([vendor, calls]) => ({ vendor, calls })),
    outcome: keyOf(OUTCOMES, entry.outcome),
    codes: entry.codes ?? [],
    cost: entry.cost ?? null,
  };
}

function keyOf<Key extends string>(table: Readonly<Record<Key, string>>, value: string): Key {
  const key = Object.keys(table).find((name) => table[name as Key] === value);
  return key as Key; // the tables cover their unions, see `satisfies` above and the test
}

function dateOf(time: string | Date | null | undefined, name: string): Date | undefined {
  if (time === null || time === undefined) return undefined;
  const date = new Date(time);
  if (!Number.isNaN(date.getTime())) return date;
  throw new GatewayError('BAD_USER_INPUT', `"${name}" is not a time.`, { retryable: false });
}
