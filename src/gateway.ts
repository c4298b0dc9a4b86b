/** Chooses and wires: the only place that picks adapters and knows every part. */
import type { Server } from 'node:http';
import { createAgentAnswers } from './agents/mcp.ts';
import { checkAuditLogFree, createFileAuditLog } from './audit/file-audit-log.ts';
import { createCallers } from './callers.ts';
import { type GraphFolder, readGraphFolder } from './config/graph-folder.ts';
import { readIdentityFile } from './config/identity-file.ts';
import { resolveLimits } from './config/limits.ts';
import type { Settings } from './config/settings.ts';
import type { VendorConfig } from './config/vendor.ts';
import type { VendorName } from './config/vendor-name.ts';
import { openEarly, openEventService } from './event-service.ts';
import { readComposedGraph } from './graph/composed-graph.ts';
import { createDocuments } from './graph/documents.ts';
import { readOperationFiles } from './graph/operation-files.ts';
import { createOperationGate } from './graph/operation-gate.ts';
import { createExecute } from './graph/planned-execution.ts';
import { createCountRequest } from './graph/request-count.ts';
import { createRunOperation } from './graph/run-operation.ts';
import { createRunSubscription } from './graph/run-subscription.ts';
import { createSavedDocuments, documentIdOf } from './graph/saved-documents.ts';
import { createVisibleSchemas } from './graph/visible-schema.ts';
import { createGraphqlServer, GRAPHQL_PATH, type GraphqlOptions } from './http/graphql.ts';
import { healthRoutes } from './http/health.ts';
import { createJsonPost } from './http/json-post.ts';
import { createMcpEdge, MCP_PATH } from './http/mcp.ts';
import type { ProtectedResource } from './http/protected-resource.ts';
import { createHttpServer, listen, type SimpleHandler } from './http/server.ts';
import { attachWebsocket } from './http/websocket.ts';
import { createIdentity } from './joins/identity.ts';
import { loadJoinFiles } from './joins/join-files.ts';
import { JOINS } from './joins/joins.ts';
import type { Logger } from './observe/log.ts';
import { createMetrics, type Metrics } from './observe/metrics.ts';
import { requireRealCredentials } from './production.ts';
import { createMemoryQuota } from './quota/memory-quota.ts';
import { createCursors } from './rest/cursor.ts';
import { createRestExecutor } from './rest/executor.ts';
import { createSecretReader } from './secrets/secret.ts';
import { ensureCursorKeys } from './subscriptions/cursor-key.ts';
import type { VendorCallRecord } from './vendors/call-scope.ts';
import { createClockSkew } from './vendors/clock-skew.ts';
import { createVendorDoor, type VendorConnection } from './vendors/door.ts';
import { sandboxConnection, vendorConnection } from './vendors/vendor-connection.ts';

/** Where the sandbox vendors listen and what they accept. */
export interface SandboxAddresses {
  urls: Readonly<Partial<Record<VendorName, string>>>;
  credentials: Readonly<Partial<Record<VendorName, Record<string, string>>>>;
  /** What they sign webhooks with. */
  webhookSecrets?: Readonly<Partial<Record<VendorName, string>>>;
}

export interface GatewayOptions {
  graphDir: string;
  settings: Settings;
  log: Logger;
  env?: NodeJS.ProcessEnv;
  /** Runs against the sandbox: its vendors instead of the real ones, demo keys, GraphiQL. May still be starting. */
  sandbox?: Promise<SandboxAddresses> | undefined;
}

export interface Gateway extends AsyncDisposable {
  /** E.g. `http://127.0.0.1:4000`, without a trailing slash. */
  url: string;
  /** Not ready any more, takes nothing new, lets what is in flight finish within the drain time, then ends. */
  drain(): Promise<void>;
}

/** Resolves when the gateway answers. Throws ConfigError for what a person can mend. */
export async function startGateway({
  graphDir,
  settings,
  log,
  env = process.env,
  sandbox,
}: GatewayOptions): Promise<Gateway> {
  const folder = readGraphFolder(graphDir);
  await checkAuditLogFree(settings.dataDir, log);
  const metrics = createMetrics();
  // What was made by then ends again when a later part cannot start.
  await using parts = new AsyncDisposableStack();
  const opening = openEarly(folder, settings, log, metrics.events);
  parts.defer(async () => (await opening?.catch(() => undefined))?.[Symbol.asyncDispose]());
  const audit = parts.use(
    createFileAuditLog({ dataDir: settings.dataDir, key: settings.auditKey, log, counters: metrics.audit }),
  );
  const graph = readComposedGraph(folder, JOINS, await loadJoinFiles(folder), audit);
  const connections = connectionsOf(folder, env, await sandbox);
  const door = parts.use(
    createVendorDoor({
      connections,
      onCall: (call) => measure(metrics, call),
      onAnswer: createClockSkew({ onLook: (vendor, aheadMs) => noteSkew(vendor, aheadMs, metrics, log) }),
    }),
  );
  const vendors = new Map(folder.sources.map(({ vendor, config }): [VendorName, VendorConfig] => [vendor, config]));
  const callers = parts.use(await createCallers({ folder, graphDir, settings, sandbox: sandbox !== undefined, log }));
  if (settings.production)
    requireRealCredentials({ settings, sandbox: sandbox !== undefined, clients: callers.clients, connections });
  const limits = resolveLimits(callers.clients.limits);
  const visible = createVisibleSchemas(graph.schema, graph.rules);
  const operations = readOperationFiles(graphDir);
  const { schema, rules } = graph;
  let resource = callers.resourceAt(settings.publicUrl ?? 'http://gateway');
  // Known when it listens, which is before any vendor calls.
  let publicUrl = settings.publicUrl ?? '';
  const addresses = await sandbox;
  const cursorKeys = await ensureCursorKeys({ dataDir: settings.dataDir, keys: settings.cursorKeys });
  const cursors = createCursors(cursorKeys.map(({ secret }) => secret));
  const rest = createRestExecutor({ operations: graph.operations, vendors, door, cursors });
  const events = parts.use(
    await openEventService({
      ...{ folder, schema, settings, cursorKeys, log },
      readSecret: createSecretReader({ env }),
      sandboxSecrets: addresses && (addresses.webhookSecrets ?? {}),
      publicUrl: () => publicUrl,
      metrics: metrics.events,
      opening,
      ...{ rest, operations: graph.operations },
    }),
  );
  const quota = createMemoryQuota();
  const execute = createExecute();
  const countRequest = createCountRequest(quota);
  const challenge = (scopes: readonly string[]) => resource.challenge({ error: 'insufficient_scope', scopes });
  const onMeasured = metrics.limitExceeded;
  const gate = createOperationGate({ graph, rules, visible, limits, quota, challenge, onMeasured });
  const options: GraphqlOptions = {
    graph,
    audit,
    rest,
    documents: createDocuments({ schema, limits, visible }),
    saved: createSavedDocuments(operations, limits),
    run: createRunOperation({ graph, gate, visible, audit, execute }),
    subscribe: createRunSubscription({ graph, gate, audit, execute, quota, log, metrics, events: events?.source }),
    ackEvents: events?.ackEvents,
    identity: createIdentity(readIdentityFile(graphDir)),
    authenticate: callers.authenticate,
    countRequest,
    challenge: (challenge) => resource.challenge(challenge),
    operationTimeoutMs: settings.operationTimeoutMs,
    trustedProxies: settings.trustedProxies,
    explainForAll: sandbox !== undefined,
    graphiql: sandbox && { demoKey: 'vg_demo_app', operations },
    log,
    metrics,
  };
  const answer = createAgentAnswers({
    ...options,
    savedIds: new Map(operations.map(({ name, text }) => [name, documentIdOf(text)])),
    ...{ visible, gate },
    challenge: (scopes) => resource.challenge({ error: 'insufficient_scope', scopes, path: MCP_PATH }),
  });
  let draining = false;
  const graphql = createGraphqlServer(options);
  const routes = healthRoutes({
    authenticate: callers.authenticate,
    metrics,
    obstacle: () =>
      draining
        ? 'draining'
        : !audit.isWritable()
          ? 'the audit log cannot be written'
          : events?.isWritable() === false
            ? 'the event log cannot be written'
            : undefined,
  });
  // Its streams have ended by then, and it has had time to read so.
  const stalledMs = settings.stalledAfterMs * 1.5;
  const server = createHttpServer(
    createJsonPost(graphql, options),
    (path) => routes[path] ?? describing(resource, path),
    events && ((request, response) => events.receiver.handle(request, response)),
    { [MCP_PATH]: createMcpEdge({ ...options, publicUrl: () => publicUrl, answer }) },
    { stalledMs },
  );
  const websocket = attachWebsocket(server, graphql, options, { stalledMs });
  const port = await listen(server, settings.port, settings.host);
  const url = `http://${settings.host.includes(':') ? `[${settings.host}]` : settings.host}:${port}`;
  if (settings.publicUrl === undefined) resource = callers.resourceAt(url);
  publicUrl ||= url;
  log.info({ url: `${url}${GRAPHQL_PATH}`, vendors: folder.sources.map(({ vendor }) => vendor) }, 'gateway ready');
  if (events && events.unready.size > 0)
    log.warn({ vendors: [...events.unready] }, 'webhooks are refused with 503: their secrets are missing');
  if (callers.isNobody) log.warn('no client in clients.yaml and no VENDORGRAPH_API_KEY: every caller is refused');

  const ending = parts.move();
  const drain = async (): Promise<void> => {
    if (draining) return;
    draining = true;
    const closed = closeServer(server, settings.drainTimeoutMs);
    await events?.drain();
    await websocket.close(settings.drainTimeoutMs);
    await closed;
    await graphql.dispose();
    await ending[Symbol.asyncDispose]();
    log.info('gateway ended');
  };
  return { url, drain, [Symbol.asyncDispose]: drain };
}

function connectionsOf(
  { sources }: GraphFolder,
  env: NodeJS.ProcessEnv,
  sandbox: SandboxAddresses | undefined,
): ReadonlyMap<VendorName, VendorConnection> {
  const readSecret = createSecretReader({ env });
  return new Map(
    sources.map(({ vendor, config }) => [
      vendor,
      sandbox
        ? sandboxConnection(config, sandbox.urls[vendor], sandbox.credentials[vendor])
        : vendorConnection(config, readSecret),
    ]),
  );
}

/** RFC 9728: where a caller without a credential gets one. */
function describing({ documents }: ProtectedResource, path: string): SimpleHandler | undefined {
  const body = Object.hasOwn(documents, path) ? documents[path] : undefined;
  return body === undefined ? undefined : () => ({ status: 200, type: 'application/json', body });
}

function measure(
  metrics: Metrics,
  { vendor, operation, status, startedAt, endedAt, cached, attempt }: VendorCallRecord,
): void {
  metrics.vendorCall({ vendor, operation, status, seconds: (endedAt - startedAt) / 1000, cached, attempt });
}

const MOST_SKEW_MS = 60_000;

function noteSkew(vendor: VendorName, aheadMs: number, metrics: Metrics, log: Logger): void {
  metrics.clockSkew(vendor, aheadMs / 1_000);
  if (Math.abs(aheadMs) <= MOST_SKEW_MS) return;
  const aheadSeconds = Math.round(aheadMs / 1_000);
  log.warn({ vendor, aheadSeconds }, 'our clock and the vendor’s differ: webhooks are refused from 300 s on');
}

/** Waits for answers in flight; idle connections end at once, the rest when the time is up. */
function closeServer(server: Server, timeoutMs: number): Promise<void> {
  return new Promise((resolve) => {
    const force = setTimeout(() => server.closeAllConnections(), timeoutMs);
    server.close(() => {
      clearTimeout(force);
      resolve();
    });
    server.closeIdleConnections();
  });
}
