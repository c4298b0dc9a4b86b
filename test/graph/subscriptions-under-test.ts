/**
 * Subscriptions over a real log and a graph of a few lines, whose one joined field costs a vendor call, under a quota whose
 * clock stands still until a test turns it on.
 */
import { buildSchema, parse } from 'graphql';
import { internScopes } from '../../src/auth/interned-scopes.ts';
import type { Principal } from '../../src/auth/principal.ts';
import type { QuotaLimits } from '../../src/config/quota-limits.ts';
import type { AnswerStream } from '../../src/graph/answer-stream.ts';
import type { GraphContext } from '../../src/graph/context.ts';
import { createOperationFacts } from '../../src/graph/operation-facts.ts';
import type { OperationArgs, OperationGate } from '../../src/graph/operation-gate.ts';
import { createExecute } from '../../src/graph/planned-execution.ts';
import { createRunSubscription, type SubscriptionOptions } from '../../src/graph/run-subscription.ts';
import type { EventRow } from '../../src/joins/event-row.ts';
import type { EventTypes } from '../../src/joins/event-types.ts';
import { createMemoryQuota } from '../../src/quota/memory-quota.ts';
import type { Quota } from '../../src/quota/quota.ts';
import { readAccessRules } from '../../src/rules/access-rules.ts';
import type { StreamOptions } from '../../src/subscriptions/event-stream.ts';
import { cursors, openStreams, type Streams, VENDORS } from '../subscriptions/streams-under-test.ts';

const SCHEMA = buildSchema(`
  directive @scope(requires: [String!]!, fields: [String!]) repeatable on OBJECT | INTERFACE | FIELD_DEFINITION
  type Query @scope(requires: []) { nothing: String }
  enum EventStart { EARLIEST LATEST }
  type Subscription @scope(requires: []) { events(after: String, from: EventStart): Event }
  type Event @scope(requires: []) { id: ID invoice: String }
`);
const DOCUMENT = parse('subscription ($after: String) { events(after: $after) { id invoice } }');

const RULES = readAccessRules(SCHEMA);

/** Of the joined field, in vendor calls. */
const COST = 10;
/** Ten events a second, and none for the next second. */
const LIMITS: QuotaLimits = {
  ...{ requestsPerMinute: 1_000, requestsPerDay: 1_000, writesPerMinute: 1, writesPerDay: 1, concurrency: 1_000 },
  ...{ costPerMinute: 6_000, costPerDay: 1_000_000, subscriptions: 1_000 },
};

export interface Subscriptions extends AsyncDisposable {
  streams: Streams;
  /** Uses the quota up. */
  exhaust(): void;
  /** Turns the quota's clock on. */
  refill(): void;
  /** What the quota was asked for. */
  asked: { event: number; admitted: number };
  /** Of each event that was executed. */
  contexts: GraphContext[];
  /** The scopes of Anna, from now on. */
  scopes: readonly string[];
  open(variables?: { after?: string }): Promise<AnswerStream>;
}

export interface SubscriptionsUnderTest extends Partial<Pick<StreamOptions, 'stalledAfterMs' | 'maxLagMs'>> {
  lateMs?: number;
  /** Instead of the one whose clock stands still. */
  quota?: Quota;
}

export async function openSubscriptions({
  lateMs,
  quota: given,
  ...more
}: SubscriptionsUnderTest = {}): Promise<Subscriptions> {
  const streams = await openStreams();
  let now = 0;
  const memory = createMemoryQuota({ now: () => now });
  const asked = { event: 0, admitted: 0 };
  const quota: Quota = {
    async admit(...request) {
      if (request[2].isEvent) asked.event++;
      const admission = await (given ?? memory).admit(...request);
      if (request[2].isEvent && admission.admitted) asked.admitted++;
      return admission;
    },
  };
  const contexts: GraphContext[] = [];
  const rig: Subscriptions = {
    ...{ streams, asked, contexts, scopes: ['stripe:read'] },
    exhaust: () => void memory.admit('anna', LIMITS, { cost: LIMITS.costPerMinute, write: false }),
    refill() {
      now += 60_000;
    },
    async open(variables = {}) {
      // What a transport makes has more; a subscription looks at nothing else.
      const answers = await run({
        schema: SCHEMA,
        document: DOCUMENT,
        variableValues: variables,
        contextValue: contextOf(rig),
      } satisfies OperationArgs);
      if (!(Symbol.asyncIterator in answers)) throw answers.errors?.[0] ?? new Error('It was refused without a word.');
      return answers;
    },
    [Symbol.asyncDispose]: () => streams[Symbol.asyncDispose](),
  };
  const run = createRunSubscription({
    graph: { schema: SCHEMA, rules: RULES, operations: new Map(), unanswered: [] },
    gate: OPEN_GATE,
    quota,
    execute: createExecute(),
    ...UNTOLD,
    events: { hub: streams.hub, cursors, consumers: { ack: async () => '' }, types: TYPES, ...more },
    ...(lateMs !== undefined && { lateMs }),
  });
  return rig;
}

const factsOf = createOperationFacts(SCHEMA, RULES);

const OPEN_GATE: OperationGate = {
  check(args) {
    const facts = factsOf(args.document, undefined);
    if (!facts) throw new TypeError('There is one operation.');
    const plan = facts.planFor(args.contextValue.principal.scopes);
    return { args, plan, estimated: COST, facts: { ...facts, cost: () => COST } };
  },
  ask: () => ({ admitted: true, standing: { policies: [] }, settle() {} }),
  enter: () => undefined,
  refuse: (errors) => ({ errors }),
};

/** Who records and counts; a subscription calls nothing else of theirs. */
const UNTOLD = {
  audit: { record: () => true },
  log: { debug() {}, warn() {}, error() {} },
  metrics: { error() {} },
} as unknown as Pick<SubscriptionOptions, 'audit' | 'log' | 'metrics'>;

const TYPES: EventTypes = {
  vendors: VENDORS,
  typeOf: () => 'Event',
  filterOf: () => undefined,
  rowOf: (event, cursor): EventRow & { id: string; invoice: string } => ({
    ...{ __typename: 'Event', event, cursor, payload: () => ({}) },
    ...{ id: event.eventId, invoice: 'in_1' },
  }),
};

/** A context has more; nothing here looks at it. */
function contextOf(rig: Subscriptions, signal = new AbortController().signal): GraphContext {
  const principalOf = (): Principal => ({
    ...{ id: 'key:anna', client: 'anna', kind: 'app' as const, quota: LIMITS },
    scopes: internScopes(rig.scopes),
  });
  const context: Partial<GraphContext> = {
    ...{ requestId: 'r', transport: 'ws', calls: [], explain: false, principal: principalOf() },
    scope: { signal } as unknown as GraphContext['scope'],
    streaming: {
      authenticate: principalOf,
      positionFrames: true,
      contextFor(_principal, unwanted) {
        const one = contextOf(rig, unwanted);
        rig.contexts.push(one);
        return one;
      },
    },
  };
  return context as GraphContext;
}
