/** What the record says of an operation: who, what, why, which personal data, which vendors, how it ended. No values of the answer. */
import type { GraphQLSchema } from 'graphql';
import type { AuditEntry } from '../audit/entry.ts';
import type { Principal } from '../auth/principal.ts';
import { safeName } from '../auth/safe-name.ts';
import { maskValue } from '../rules/personal-data.ts';
import type { VendorCallRecord } from '../vendors/call-scope.ts';
import type { GraphContext } from './context.ts';
import { redactVariables } from './redact-variables.ts';

export interface Ending {
  kind: AuditEntry['kind'];
  outcome: AuditEntry['outcome'];
  codes?: readonly string[];
}

export function auditEntry(schema: GraphQLSchema, context: GraphContext, ending: Ending): AuditEntry {
  const { principal, asked, estimatedCost } = context;
  const vendors = context.eventCalls ?? callsByVendor(context);
  const personalData = asked?.facts.planFor(principal.scopes).personalData;
  const entry = refusedEntry(context, ending);
  entry.reason = context.reason;
  if (asked) {
    const { operation, hash } = asked.facts;
    entry.operationName = operation.name?.value;
    entry.operationType = operation.operation;
    entry.operationHash = hash;
    entry.variables = redactVariables(schema, operation, asked.variables);
  }
  if (personalData && !isEmpty(personalData)) entry.fields = personalData;
  if (!isEmpty(vendors)) entry.vendors = vendors;
  if (estimatedCost !== undefined) entry.cost = { estimated: estimatedCost, actual: sumOf(vendors) };
  return entry;
}

function isEmpty(members: object): boolean {
  for (const _name in members) return false;
  return true;
}

/** Of a request that never became an operation. Names stand in the order in which the log shows them. */
export function refusedEntry(
  { requestId, principal, transport }: { requestId: string; principal: Principal; transport: string },
  { kind, outcome, codes }: Ending,
): AuditEntry {
  const { id, client, kind: clientKind, subject } = principal;
  return {
    requestId,
    kind,
    principal: id,
    client,
    clientKind,
    onBehalfOf: subject === undefined ? undefined : subjectOf(subject),
    transport,
    outcome,
    codes: codes && codes.length > 0 ? codes : undefined,
    reason: undefined,
    operationName: undefined,
    operationType: undefined,
    operationHash: undefined,
    variables: undefined,
    fields: undefined,
    vendors: undefined,
    cost: undefined,
  };
}

/** Somebody's address tells people who read the record more than its digest does, and yet must not stand there. */
function subjectOf(subject: string): string {
  const [name, mask] = [safeName(subject), maskValue('EMAIL', subject)];
  return name !== subject && typeof mask === 'string' ? `${mask} ${name}` : name;
}

function callsByVendor({ calls }: GraphContext): Record<string, number> {
  const counts: Record<string, number> = {};
  countCalls(counts, calls);
  return counts;
}

/** Adds those that left for a vendor, every try counted. */
export function countCalls(counts: Record<string, number>, calls: readonly VendorCallRecord[]): void {
  for (const { vendor, cached } of calls) if (!cached) counts[vendor] = (counts[vendor] ?? 0) + 1;
}

function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
