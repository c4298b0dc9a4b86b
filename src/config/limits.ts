/**
 * How large one operation may be, by the kind of client that asks. An operation over a limit is refused before a vendor is
 * called. The defaults leave room for GraphiQL's introspection, clients that collocate fragments, and a customer seen from
 * every system at once; an agent gets less, because it writes its queries itself.
 */
import { z } from 'zod';

export interface OperationLimits {
  /** Of the document, before it is parsed. */
  characters: number;
  /** Of the document: names, punctuators, values. */
  tokens: number;
  /** Fields in one another. A fragment is no level of its own. */
  depth: number;
  aliases: number;
  rootFields: number;
  directives: number;
  /** Fields with every fragment written out where it is spread; the items of a list count once. */
  fields: number;
  /** Calls to vendors, as estimated before the first. */
  cost: number;
  /** Rows that nested pages multiply to. */
  rows: number;
}

export type LimitName = keyof OperationLimits;

/** `measure` refuses only what would harm the process itself, and reports what `enforce` would have refused. */
export type LimitMode = 'enforce' | 'measure';

export const CLIENT_KINDS = ['frontend', 'app', 'agent', 'operator'] as const;

type ClientKind = (typeof CLIENT_KINDS)[number];

export interface LimitsByKind extends Record<ClientKind, OperationLimits> {
  mode: LimitMode;
}

const ORDINARY: OperationLimits = {
  characters: 65_536,
  tokens: 4_000,
  depth: 20,
  aliases: 100,
  rootFields: 30,
  directives: 100,
  fields: 5_000,
  cost: 500,
  rows: 10_000,
};

export const DEFAULT_LIMITS: LimitsByKind = {
  mode: 'enforce',
  frontend: ORDINARY,
  app: ORDINARY,
  agent: { ...ORDINARY, depth: 15, cost: 200 },
  operator: ORDINARY,
};

const limit = (most: number, what: string) => z.int().min(1).max(most).optional().describe(what);

/** What is more than the maximum here was not measured to be safe. */
const operationLimitsSchema = z.strictObject({
  characters: limit(1_048_576, 'Characters of the document.'),
  tokens: limit(50_000, 'Tokens of the document.'),
  depth: limit(100, 'Fields in one another; fragments are no level.'),
  aliases: limit(10_000, 'Aliases; in a fragment, once.'),
  rootFields: limit(1_000, 'Fields of the operation itself.'),
  directives: limit(10_000, 'Directives; in a fragment, once.'),
  fields: limit(100_000, 'Fields with all fragments written out; items of a list count once.'),
  cost: limit(100_000, 'Calls to vendors, as estimated.'),
  rows: limit(1_000_000, 'Rows that nested pages multiply to.'),
});

/** What a person writes: any part of it; what is left out keeps its default. */
export const limitsSchema = z.strictObject({
  mode: z.enum(['enforce', 'measure']).optional().describe('measure: count what would be refused, refuse nothing.'),
  frontend: operationLimitsSchema.optional(),
  app: operationLimitsSchema.optional(),
  agent: operationLimitsSchema.optional(),
  operator: operationLimitsSchema.optional(),
});

export type LimitOverrides = z.infer<typeof limitsSchema>;

export function resolveLimits(overrides: LimitOverrides = {}): LimitsByKind {
  return {
    mode: overrides.mode ?? DEFAULT_LIMITS.mode,
    frontend: override(DEFAULT_LIMITS.frontend, overrides.frontend),
    app: override(DEFAULT_LIMITS.app, overrides.app),
    agent: override(DEFAULT_LIMITS.agent, overrides.agent),
    operator: override(DEFAULT_LIMITS.operator, overrides.operator),
  };
}

function override(limits: OperationLimits, given: z.infer<typeof operationLimitsSchema> = {}): OperationLimits {
  const own = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...limits, ...Object.fromEntries(own) };
}
