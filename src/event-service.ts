/** Everything about events, put together: the log, the receiver of webhooks, the hub that feeds subscriptions, retention. */
import type { GraphQLSchema } from 'graphql';
import { ConfigError, throwProblems } from './config/config-error.ts';
import type { GraphFolder } from './config/graph-folder.ts';
import type { Settings } from './config/settings.ts';
import type { VendorName } from './config/vendor-name.ts';
import type { Consumer, EventLog, LogMeasures } from './events/log.ts';
import type { AckEvents } from './graph/context.ts';
import type { EventSource } from './graph/event-source.ts';
import { ANSWER_HEADERS } from './http/security-headers.ts';
import { type EventTypes, readEventTypes } from './joins/event-types.ts';
import type { EventMetrics } from './observe/event-metrics.ts';
import type { Logger } from './observe/log.ts';
import { startPruning } from './pruning.ts';
import { RECONCILIATION } from './reconcile/principal.ts';
import type { RestExecutor } from './rest/executor.ts';
import type { RestOperation } from './rest/operation.ts';
import type { SecretReader } from './secrets/secret.ts';
import { createConsumers } from './subscriptions/consumers.ts';
import { type CursorKey, createCursors } from './subscriptions/cursor.ts';
import { createEventHub } from './subscriptions/event-hub.ts';
import { fieldOf } from './subscriptions/start-position.ts';
import { createWebhookReceiver, type WebhookReceiver } from './webhooks/receiver.ts';
import { resolveWebhooks, SANDBOX_ID } from './webhooks/resolve-webhooks.ts';

export interface EventService extends AsyncDisposable {
  source: EventSource;
  receiver: WebhookReceiver;
  ackEvents: AckEvents;
  /** False while webhooks are refused because the event log cannot be written. */
  isWritable(): boolean;
  /** Vendors whose webhooks are refused with 503, for want of a secret. */
  unready: ReadonlySet<VendorName>;
  /** Takes no webhook any more, ends every subscription with its cursor, resolves when what was in flight is answered. */
  drain(): Promise<void>;
}

export interface EventServiceOptions {
  folder: GraphFolder;
  schema: GraphQLSchema;
  settings: Settings;
  /** Newest first. */
  cursorKeys: readonly CursorKey[];
  readSecret: SecretReader;
  /** What the sandbox's vendors sign with; undefined outside it. */
  sandboxSecrets: Readonly<Partial<Record<VendorName, string>>> | undefined;
  /** Where vendors reach the gateway. */
  publicUrl(): string;
  log: Logger;
  metrics: EventMetrics;
  /** Opened beforehand; undefined: when it turns out to be needed. */
  opening?: Promise<EventLog> | undefined;
  /** For looks at what changed without a webhook. */
  rest: RestExecutor;
  operations: ReadonlyMap<string, RestOperation>;
}

/** Undefined for a graph without events. Throws ConfigError for what a person can mend. */
export async function openEventService(options: EventServiceOptions): Promise<EventService | undefined> {
  const { folder, schema, settings, log, metrics } = options;
  const types = readEventTypes(schema);
  if (types.vendors.length === 0) {
    await (await options.opening)?.[Symbol.asyncDispose]();
    return undefined;
  }
  const webhooks = webhooksOf(options);
  const eventLog = await (options.opening ?? openEventLog(settings, log, metrics));
  const cursors = createCursors({ keys: options.cursorKeys });
  const hub = createEventHub({ eventLog, vendors: types.vendors, log });
  const fields = Object.keys(schema.getSubscriptionType()?.getFields() ?? {});
  const consumers = createConsumers({ eventLog, cursors, fields, vendors: types.vendors });
  const unread = () => eventLog.unread((consumer) => followedBy(consumer, types));
  metrics.watch(async () => ({ ...(await eventLog.figures()), consumers: await unread() }));
  const receiver = createWebhookReceiver({
    ...webhooks,
    log: timed(eventLog, metrics),
    publicUrl: options.publicUrl,
    logger: log,
    counters: metrics,
    answerHeaders: ANSWER_HEADERS,
    trustedProxies: settings.trustedProxies,
  });
  const secretsOf = options.sandboxSecrets && (() => [SANDBOX_ID]);
  const pruning = startPruning({ sources: folder.sources, secretsOf, eventLog, unread, log, counters: metrics });
  const polling = await startPolling(options, eventLog);
  return {
    source: {
      ...{ hub, cursors, consumers, types, measures: metrics },
      ...{ maxLagMs: settings.maxLagMs, stalledAfterMs: settings.stalledAfterMs },
    },
    receiver,
    isWritable: () => eventLog.isWritable(),
    unready: webhooks.unready,
    async ackEvents({ id }, consumer, cursor) {
      return { consumer, cursor: await consumers.ack({ principal: id, consumer, cursor }) };
    },
    async drain() {
      hub.end('SUBSCRIPTION_SCHEMA_RELOAD');
      await Promise.all([receiver.drain(), polling?.[Symbol.asyncDispose]()]);
    },
    async [Symbol.asyncDispose]() {
      await polling?.[Symbol.asyncDispose]();
      await pruning[Symbol.asyncDispose]();
      await hub[Symbol.asyncDispose]();
      await eventLog[Symbol.asyncDispose]();
    },
  };
}

function webhooksOf({ folder, settings, readSecret, sandboxSecrets }: EventServiceOptions) {
  const { webhooks, unready, problems } = resolveWebhooks({
    sources: folder.sources,
    readSecret,
    sandbox: sandboxSecrets,
  });
  // Elsewhere a company may try its graph out before it has told every vendor where to call.
  if (settings.production) throwProblems(problems);
  return { vendors: webhooks, unready };
}

/** To open a file or reach a database takes a while, in which the rest can start. Undefined where no source tells of a webhook. */
export function openEarly(
  { sources }: GraphFolder,
  settings: Settings,
  log: Logger,
  measures: LogMeasures,
): Promise<EventLog> | undefined {
  if (!sources.some(({ config }) => config.webhook !== undefined)) return undefined;
  const opening = openEventLog(settings, log, measures);
  // Whoever waits for it is told; until then it is not "unhandled".
  opening.catch(() => {});
  return opening;
}

/** Loaded when chosen: nobody needs both. */
async function openEventLog(
  { databaseUrl, cursorKeys, dataDir }: Settings,
  log: Logger,
  measures: LogMeasures,
): Promise<EventLog> {
  if (databaseUrl === undefined) {
    const { eventLogPath, openSqliteLog } = await import('./events/sqlite-log.ts');
    return openSqliteLog({ path: eventLogPath(dataDir), log, measures, beginsEpoch: true });
  }
  if (cursorKeys === undefined)
    throw new ConfigError({
      file: 'environment',
      subject: 'VENDORGRAPH_CURSOR_KEYS',
      message:
        'DATABASE_URL is set, so that several gateways may share events: each must accept the others’ cursors. Set VENDORGRAPH_CURSOR_KEYS to the same in all of them, such as 1: and 32 random characters.',
    });
  const { openPostgresLog } = await import('./events/postgres-log.ts');
  return openPostgresLog({ url: databaseUrl, log, measures });
}

/** Undefined where no source has a `reconcile:` block. */
async function startPolling(
  { folder, rest, operations, log, metrics }: EventServiceOptions,
  eventLog: EventLog,
): Promise<AsyncDisposable | undefined> {
  if (!folder.sources.some(({ config }) => config.reconcile !== undefined)) return undefined;
  const [{ readReconcilePlans }, { startPoller }] = await Promise.all([
    import('./reconcile/plan.ts'),
    import('./reconcile/poller.ts'),
  ]);
  const plans = readReconcilePlans(folder.sources, operations);
  return startPoller({ plans, eventLog, rest, log, counters: metrics });
}

/** What a vendor waits for. */
function timed(eventLog: EventLog, metrics: EventMetrics): Pick<EventLog, 'append'> {
  return {
    async append(delivery) {
      const begun = performance.now();
      try {
        return await eventLog.append(delivery);
      } finally {
        metrics.commitWait(performance.now() - begun);
      }
    },
  };
}

/** A typed field shows one vendor's events. */
function followedBy({ principal, name }: Consumer, types: EventTypes): readonly VendorName[] {
  if (principal === RECONCILIATION) return [];
  return types.filterOf(fieldOf(name) ?? '')?.map(({ vendor }) => vendor) ?? types.vendors;
}
