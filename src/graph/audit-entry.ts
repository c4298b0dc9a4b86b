/** What the record says of an operation: who, what, why, which personal data, which vendors, how it ended. No values of the answer. */
import type { GraphQLSchema } from 'graphql';
import type { AuditEntry } from '../audit/entry.ts';
import type { Principal } from '../auth/principal.ts';
import { type GraphContext, vendorCallsOf } from './context.ts';
import { redactVariables } from './redact-variables.ts';

export interface Ending {
  kind: AuditEntry['kind'];
  outcome: AuditEntry['outcome'];
  codes?: readonly string[];
}

export function auditEntry(schema: GraphQLSchema, context: GraphContext, ending: Ending): AuditEntry {
  const { requestId, principal, transport, reason, asked, estimatedCost, calls } = context;
  const variables = asked && redactVariables(schema, asked.facts.operation, asked.variables);
  const personalData = asked?.facts.planFor(principal.scopes).personalData ?? {};
  return {
    ...refusedEntry({ requestId, principal, transport }, ending),
    ...(reason !== undefined && { reason }),
    ...(asked && {
      ...(asked.facts.operation.name && { operationName: asked.facts.operation.name.value }),
      operationType: asked.facts.operation.operation,
      operationHash: asked.facts.hash,
    }),
    ...(variables && { variables }),
    ...(Object.keys(personalData).length > 0 && { fields: personalData }),
    ...(calls.length > 0 && { vendors: callsByVendor(context) }),
    ...(estimatedCost !== undefined && { cost: { estimated: estimatedCost, actual: vendorCallsOf(context) } }),
  };
}

/** Of a request that never became an operation. */
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
    ...(subject !== undefined && { onBehalfOf: subject }),
    transport,
    outcome,
    ...(codes && codes.length > 0 && { codes }),
  };
}

function callsByVendor({ calls }: GraphContext): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { vendor, cached } of calls) if (!cached) counts[vendor] = (counts[vendor] ?? 0) + 1;
  return counts;
}
