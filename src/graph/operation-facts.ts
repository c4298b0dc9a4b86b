/** What is worked out once for an operation of a document and used by every request that sends it again. */

import { hash } from 'node:crypto';
import { type DocumentNode, type GraphQLSchema, getOperationAST, type OperationDefinitionNode } from 'graphql';
import type { Scope } from '../auth/principal.ts';
import type { AccessRules } from '../rules/access-rules.ts';
import { type AccessPlan, planAccess } from './access-plan.ts';
import { createBoundedCache } from './bounded-cache.ts';
import { compileCost, type EstimateCost } from './cost.ts';

/** Of one operation, for as many sets of scopes. A plan that refuses something has a document of its own. */
const MOST_PLANS = 4;

export interface OperationFacts {
  operation: OperationDefinitionNode;
  /** SHA-256 of the document's text, hexadecimal. */
  hash: string;
  /** Estimated calls to vendors; above `most`, at least so many. Worked out when it is first asked for. */
  cost: EstimateCost;
  planFor(scopes: ReadonlySet<Scope>): AccessPlan;
}

/** Undefined when the document has no such operation. What is known lives as long as the document. */
export type FindFacts = (
  document: DocumentNode,
  operationName: string | null | undefined,
) => OperationFacts | undefined;

export function createOperationFacts(schema: GraphQLSchema, rules: AccessRules): FindFacts {
  const known = new WeakMap<DocumentNode, Map<string, OperationFacts>>();
  return (document, operationName) => {
    const byName = known.get(document) ?? new Map<string, OperationFacts>();
    const key = operationName ?? '';
    const found = byName.get(key);
    if (found) return found;
    const operation = getOperationAST(document, operationName);
    if (!operation) return undefined;
    // Each counts as one.
    const plans = createBoundedCache<ReadonlySet<Scope>, AccessPlan>({ maxBytes: MOST_PLANS, maxEntryBytes: 1 });
    const facts: OperationFacts = {
      operation,
      hash: hash('sha256', document.loc?.source.body ?? ''),
      cost: compileCost(schema, document, operationName),
      planFor(scopes) {
        const known = plans.get(scopes);
        if (known) return known;
        const plan = planAccess(schema, rules, document, operationName, scopes);
        plans.set(scopes, plan, 1);
        return plan;
      },
    };
    known.set(document, byName.set(key, facts));
    return facts;
  };
}
