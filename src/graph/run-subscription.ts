/**
 * The way of every subscription, whichever transport brought it: the gate, a stream out of the event log, and for each event an
 * execution with the caller's rights of that moment. The reader pulls: nothing is read, executed or kept for one that does not.
 */
import { type ExecutionResult, GraphQLError } from 'graphql';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Principal } from '../auth/principal.ts';
import { type ErrorCode, GatewayError } from '../errors.ts';
import type { EventFilter } from '../events/log.ts';
import { rateLimitHeaders } from '../quota/rate-limit-headers.ts';
import { openStream } from '../subscriptions/event-stream.ts';
import { type AnswerItem, type AnswerStream, answerStream } from './answer-stream.ts';
import { auditEntry, countCalls } from './audit-entry.ts';
import type { Payload, PayloadRequest } from './event-execution.ts';
import { createMakePayload, type EventItem, type PayloadCaller, type PayloadOptions } from './event-payload.ts';
import type { EventSource } from './event-source.ts';
import { explain } from './explain.ts';
import { type Finisher, maskResult } from './finish.ts';
import type { Checked, OperationArgs, OperationGate } from './operation-gate.ts';
import { quotaExceeded, quotaOf } from './request-count.ts';
import { type SubscribedField, subscribedField } from './subscribed-field.ts';

export interface SubscriptionOptions extends PayloadOptions, Finisher {
  gate: OperationGate;
  audit: AuditLog;
  /** Undefined: the graph has no events. */
  events: EventSource | undefined;
  /** Between two looks at the credentials of a stream that waits. @default 30_000 */
  recheckMs?: number;
  /** An answer that took so long to make is given only after another look at the caller's rights. @default 2_000 */
  lateMs?: number;
}

/** A stream of answers, or one answer that refuses it. */
export type RunSubscription = (args: OperationArgs) => Promise<AnswerStream | ExecutionResult>;

const RECHECK_MS = 30_000;
const LATE_MS = 2_000;
/** Between two entries of what an open subscription has taken so far. */
const SO_FAR_MS = 600_000;

export function createRunSubscription(options: SubscriptionOptions): RunSubscription {
  const makePayload = createMakePayload(options);
  return async (args) => {
    const checked = options.gate.check(args);
    if (!('facts' in checked)) return options.gate.refuse(checked, args.contextValue);
    const admission = await options.gate.ask(checked);
    const refusal = options.gate.enter(admission, checked);
    if (refusal) return { errors: [refusal] };
    // A stream is one request; what its events cost, each pays for itself.
    if (admission.admitted) admission.settle(0);
    const { principal } = args.contextValue;
    const place = await options.quota.admit(principal.client, quotaOf(principal), STREAM);
    if (!place.admitted) return { errors: [quotaExceeded(place, rateLimitHeaders(place))] };
    const leave = () => place.settle(0);
    try {
      return await open(checked, options, makePayload, leave);
    } catch (error) {
      leave();
      return { errors: [refused(error)] };
    }
  };
}

/** A subscription is one of those its client has open, from before it opens until it has ended. */
const STREAM = { cost: 0, write: false, isStream: true };

/** EventSource tries again after anything but an answer other than 200. */
const STATUS: Readonly<Partial<Record<ErrorCode, number>>> = {
  CURSOR_EXPIRED: 410,
  STREAM_GAP: 409,
  SCOPE_REVOKED: 403,
  SUBSCRIPTION_SCHEMA_RELOAD: 503,
  INTERNAL: 503,
};

function refused(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  const originalError = error instanceof Error ? error : new Error(String(error));
  const status = originalError instanceof GatewayError ? (STATUS[originalError.code] ?? 400) : 500;
  return new GraphQLError('', { originalError, extensions: { http: { status } } });
}

async function open(
  checked: Checked,
  options: SubscriptionOptions,
  makePayload: ReturnType<typeof createMakePayload>,
  onEnd: () => void,
): Promise<AnswerStream | ExecutionResult> {
  const { events, graph, audit, recheckMs = RECHECK_MS, lateMs = LATE_MS } = options;
  const { args, facts } = checked;
  const { contextValue: context, document, operationName } = args;
  const { streaming } = context;
  if (!streaming) throw badInput('A subscription is answered as text/event-stream or over WebSocket.', 406);
  const variables = args.variableValues ?? {};
  const field = subscribedField(graph.schema, document, facts.operation, variables);
  if (!field || !events) throw badInput('The subscription asks for nothing that this gateway has.');
  const left = new AbortController();
  const caller: PayloadCaller = {
    principal: context.principal,
    leaving: left.signal,
    makeRow: events.types.rowOf,
    makeContext: streaming.contextFor,
  };
  const authorize = async (): Promise<EventFilter | null> => {
    const present = await streaming.authenticate();
    if (!present || facts.planFor(present.scopes).isBeyond) return null;
    caller.principal = present;
    return filterFor(field, present, events);
  };
  const stream = await openStream({
    ...events,
    ...startOf(field, streaming.after),
    principal: context.principal.id,
    field: field.name,
    authorize,
    signal: context.scope.signal,
  });
  context.stream = stream;
  const request: PayloadRequest = {
    facts,
    operationName,
    field: field.name,
    variables,
    variablesKey: JSON.stringify(Object.entries(variables).filter(([name]) => field.variables.has(name))),
  };
  const eventCalls: Record<string, number> = {};
  context.eventCalls = eventCalls;
  const finish = (payload: Payload, cursor: string): ExecutionResult => {
    countCalls(eventCalls, payload.calls);
    // Most of the time the same for all who share the payload: what is made of it then is shared, too.
    if (!payload.result.errors && !context.explain) return withCursor(payload, cursor);
    const explained = context.explain && { explain: explain(payload.calls) };
    const masked = maskResult(options, payload.result, { requestId: context.requestId, context });
    return { ...masked, extensions: { ...masked.extensions, ...explained, cursor } };
  };
  const answer: AnswerItem = ({ event, cursor }) => {
    if (event === null) return { data: null, extensions: { cursor } };
    const payload = makePayload(request, { event, cursor }, caller);
    return payload instanceof Promise ? answerLater(payload, { event, cursor }) : finish(payload, cursor);
  };
  const answerLater = async (making: Promise<Payload>, item: EventItem): Promise<ExecutionResult | undefined> => {
    const { scopes } = caller.principal;
    const startedAt = performance.now();
    const payload = await stream.whileMaking(making).catch((error: unknown) => {
      // How the stream ended is its own to say.
      if (!left.signal.aborted) throw error;
    });
    if (!payload) return undefined;
    if (performance.now() - startedAt < lateMs) return finish(payload, item.cursor);
    await stream.recheck();
    if (left.signal.aborted) return undefined;
    if (scopes === caller.principal.scopes) return finish(payload, item.cursor);
    return caller.principal.scopes.has(`${item.event.vendor}:read`) ? answer(item) : undefined;
  };
  const recheck = setInterval(() => void stream.recheck(), recheckMs).unref();
  audit.record(auditEntry(graph.schema, context, { kind: 'operation', outcome: 'opened' }));
  // A stream may live for weeks, and a gateway end without a word.
  const soFar = setInterval(() => {
    audit.record(auditEntry(graph.schema, context, { kind: 'operation', outcome: 'opened' }));
  }, SO_FAR_MS).unref();
  void stream.ended.then((error) => {
    clearInterval(recheck);
    left.abort();
    onEnd();
    clearInterval(soFar);
    const ending = error ? ({ outcome: 'failed', codes: [error.code] } as const) : ({ outcome: 'left' } as const);
    audit.record(auditEntry(graph.schema, context, { kind: 'operation', ...ending }));
  });
  return answerStream(stream, answer, { requestId: context.requestId, positionFrames: streaming.positionFrames });
}

const finished = new WeakMap<Payload, ExecutionResult>();

/** The same object for the same payload, which is of one event for one principal and so has one cursor. */
function withCursor(payload: Payload, cursor: string): ExecutionResult {
  const known = finished.get(payload);
  if (known) return known;
  const { result } = payload;
  const made = { ...result, extensions: { ...result.extensions, cursor } };
  finished.set(payload, made);
  return made;
}

function badInput(message: string, status = 400): GraphQLError {
  const originalError = new GatewayError('BAD_USER_INPUT', message, { retryable: false });
  return new GraphQLError('', { originalError, extensions: { http: { status } } });
}

/** A browser that connects again repeats the old URL with a newer id. */
function startOf({ args }: SubscribedField, newest: string | undefined) {
  const { after, from, consumer } = args as Record<'after' | 'consumer', string | undefined> & {
    from: 'EARLIEST' | 'LATEST' | undefined;
  };
  // A named consumer stands where it acknowledged, wherever its browser was.
  return newest === undefined || consumer ? { after, from, consumer } : { after: newest };
}

/** What the field shows and the caller may see: of vendors it may not read, nothing. */
function filterFor({ name, args }: SubscribedField, { scopes }: Principal, { types }: EventSource): EventFilter {
  const { vendors, types: wanted } = args as { vendors?: readonly string[] | null; types?: readonly string[] | null };
  const clauses =
    types.filterOf(name) ??
    (vendors ?? types.vendors).map((vendor) => (wanted ? { vendor, types: wanted } : { vendor }));
  return clauses.filter(({ vendor }) => scopes.has(`${vendor}:read`));
}
