/** GraphQL over HTTP and SSE by graphql-yoga, and the pipeline WebSocket operations share with it. */
import { type ExecutionResult, GraphQLError } from 'graphql';
import {
  createYoga,
  isAsyncIterable,
  mapAsyncIterator,
  type Plugin,
  useExtendContext,
  type YogaServerInstance,
} from 'graphql-yoga';
import type { Authenticate, Principal } from '../auth/principal.ts';
import { createGraphContext, type GraphContext, type OperationRequest, type Transport } from '../graph/context.ts';
import type { Documents } from '../graph/documents.ts';
import { type Finisher, finishResult } from '../graph/finish.ts';
import type { OperationArgs, RunOperation } from '../graph/run-operation.ts';
import type { SavedDocuments } from '../graph/saved-documents.ts';
import type { Identity } from '../joins/identity.ts';
import type { RestExecutor } from '../rest/executor.ts';
import { createGraphiql, type GraphiqlOptions } from './graphiql.ts';
import { useJsonOnly } from './json-only.ts';
import { REASON_HEADER, reasonOf } from './reason.ts';
import { REQUEST_ID_HEADER, requestIdOf } from './request-id.ts';
import { ANSWER_HEADERS } from './security-headers.ts';

export const GRAPHQL_PATH = '/graphql';
/** Largest request body, bytes. */
export const MOST_BODY = 1_000_000;

export interface GraphqlOptions extends Finisher {
  rest: RestExecutor;
  documents: Documents;
  saved: SavedDocuments;
  run: RunOperation;
  /** How people and accounts are recognised. */
  identity: Identity;
  authenticate: Authenticate;
  /** The `WWW-Authenticate` of a 401. */
  challenge(): string;
  operationTimeoutMs: number;
  /** Between two looks at the credentials of open WebSockets. @default 30_000 */
  recheckMs?: number;
  /** Whether any caller may ask for `extensions.explain`; else `admin:read` is needed. */
  explainForAll: boolean;
  /** GraphiQL for browsers; absent: none. */
  graphiql?: GraphiqlOptions | undefined;
}

/** What a transport hands to the pipeline; over HTTP it is made from the request. */
export interface PipelineInput {
  operation?: OperationRequest;
}

export type GraphqlServer = YogaServerInstance<PipelineInput, GraphContext>;

interface Caller {
  requestId: string;
  principal: Principal;
  transport: Transport;
  context?: GraphContext;
}

/** What yoga hands to plugins: of the request over HTTP, of the operation over WebSocket. */
type Initial = { request?: Request } & PipelineInput;

export function createGraphqlServer(options: GraphqlOptions): GraphqlServer {
  const callers = new WeakMap<Request, Caller>();
  const graphiql = createGraphiql(options.graphiql);
  return createYoga<PipelineInput, GraphContext>({
    schema: options.graph.schema,
    graphqlEndpoint: GRAPHQL_PATH,
    landingPage: false,
    // No page of another origin is expected to ask; a company that wants one puts it behind the same origin.
    cors: false,
    batching: false,
    // Nothing takes uploads, and a multipart POST needs no preflight from a page of another origin.
    multipart: false,
    maxRequestBodySize: MOST_BODY,
    // A saved operation's, instead of a text.
    extraParamNames: ['documentId'],
    // Documents are kept by `documents`, which knows how large they may be.
    parserAndValidationCache: false,
    // Errors are masked where the request id is known: in `finish` below.
    maskedErrors: false,
    logging: false,
    ...graphiql.settings,
    plugins: [
      // Before anything is parsed: a caller we do not know costs nothing.
      admit(options, callers),
      // No form and no text: nothing that a page of another origin may send unasked.
      useJsonOnly(),
      // What yoga cannot read is the caller's fault.
      refuseUnreadable(),
      // An id instead of a text.
      findSaved(options, callers),
      // Limits before the parser, and before validation.
      readDocument(options, callers),
      // Fresh loaders, deadline and record for each operation.
      context(options, callers),
      // Scopes, cost, quota, execution, masks: the same for every transport.
      run(options),
      // Every result passes it, those of refused requests too.
      finish(options, callers),
      graphiql.plugin,
    ],
  });
}

/** May this caller see the explanation it asks for? */
export function mayExplain(
  { explainForAll }: Pick<GraphqlOptions, 'explainForAll'>,
  asked: string | null | undefined,
  { scopes }: Principal,
): boolean {
  return asked === '1' && (explainForAll || scopes.has('admin:read'));
}

function admit({ authenticate, challenge }: GraphqlOptions, callers: WeakMap<Request, Caller>): Plugin {
  return {
    async onRequest({ request, endResponse, fetchAPI }) {
      const requestId = requestIdOf(request.headers.get(REQUEST_ID_HEADER));
      const principal = await authenticate(request.headers.get('authorization'));
      if (principal) {
        callers.set(request, { requestId, principal, transport: transportOf(request) });
        return;
      }
      const error = {
        message: 'No valid credential came with the request. Send "Authorization: Bearer <API key or JWT>".',
        extensions: { code: 'UNAUTHENTICATED', requestId },
      };
      const headers = {
        ...ANSWER_HEADERS,
        'www-authenticate': challenge(),
        [REQUEST_ID_HEADER]: requestId,
        'content-type': answerType(request),
      };
      endResponse(fetchAPI.Response.json({ errors: [error] }, { status: 401, headers }));
    },
    onResponse({ request, response }) {
      for (const [name, value] of Object.entries(ANSWER_HEADERS)) response.headers.set(name, value);
      const caller = callers.get(request);
      if (!caller) return;
      response.headers.set(REQUEST_ID_HEADER, caller.requestId);
      for (const [name, value] of Object.entries(caller.context?.quotaHeaders ?? {})) response.headers.set(name, value);
    },
  };
}

function transportOf({ method, headers }: Request): Transport {
  if (headers.get('accept')?.includes('text/event-stream')) return 'sse';
  return method === 'GET' ? 'get' : 'post';
}

/** Of a refusal: with the newer type clients read the error's code; with plain JSON and a status of 401 many look no further. */
function answerType({ headers }: Request): string {
  const newer = 'application/graphql-response+json';
  return `${headers.get('accept')?.includes(newer) ? newer : 'application/json'}; charset=utf-8`;
}

/** yoga throws JSON's own error for variables and extensions in a URL or a form that are no JSON. */
function refuseUnreadable(): Plugin {
  return {
    onRequestParse({ requestParser, setRequestParser }) {
      if (!requestParser) return;
      setRequestParser(async (request) => {
        try {
          return await requestParser(request);
        } catch (error) {
          if (!(error instanceof SyntaxError)) throw error;
          throw new GraphQLError('The parameters "variables" and "extensions" must be JSON.', {
            extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } },
          });
        }
      });
    },
  };
}

function findSaved({ saved }: GraphqlOptions, callers: WeakMap<Request, Caller>): Plugin {
  return {
    onParams({ request, params, setParams }) {
      const caller = callers.get(request);
      if (!caller) return;
      // yoga reads only the names it knows out of a URL.
      const inUrl = request.method === 'GET' ? new URL(request.url).searchParams.get('documentId') : null;
      const { documentId = inUrl, ...rest } = params as typeof params & { documentId?: unknown };
      if (!isMapOrNothing(params.extensions) || (params.query && typeof params.query !== 'string')) return;
      const query = saved.textOf({ query: params.query, documentId, extensions: params.extensions }, caller.principal);
      setParams(query === undefined ? rest : { ...rest, query });
    },
  };
}

function isMapOrNothing(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'object' && !Array.isArray(value));
}

function readDocument({ documents }: GraphqlOptions, callers: WeakMap<Request, Caller>): Plugin {
  const principalOf = (initial: Initial): Principal => {
    const principal = initial.operation?.principal ?? (initial.request && callers.get(initial.request)?.principal);
    if (!principal) throw new TypeError('A document reached the pipeline without a caller.');
    return principal;
  };
  return {
    onParse({ context: initial, setParseFn }) {
      const { kind } = principalOf(initial as Initial);
      setParseFn((text: string) => documents.parse(text, kind));
    },
    onValidate({ context: initial, setValidationFn }) {
      const { scopes } = principalOf(initial as Initial);
      setValidationFn((_schema, document) => documents.validate(document, scopes));
    },
  };
}

function context(options: GraphqlOptions, callers: WeakMap<Request, Caller>): Plugin {
  // The envelop plugin's types know nothing of what a transport put in beside yoga's own context.
  return useExtendContext((initial: Initial) => {
    if (initial.operation) return createGraphContext(options.rest, initial.operation, options.identity);
    const caller = initial.request && callers.get(initial.request);
    if (!initial.request || !caller) throw new TypeError('An operation reached the pipeline without a caller.');
    const { headers, signal } = initial.request;
    const operation = {
      requestId: caller.requestId,
      principal: caller.principal,
      transport: caller.transport,
      reason: reasonOf(headers.get(REASON_HEADER)),
      signal,
      explain: mayExplain(options, headers.get('x-vendorgraph-explain'), caller.principal),
      timeoutMs: options.operationTimeoutMs,
    };
    caller.context = createGraphContext(options.rest, operation, options.identity);
    return caller.context;
  }) as unknown as Plugin;
}

function run({ run: runOperation }: GraphqlOptions): Plugin<GraphContext> {
  return {
    onExecute({ setExecuteFn }) {
      // The context is the one made above.
      setExecuteFn((args) => runOperation(args as OperationArgs));
    },
  };
}

function finish(finisher: Finisher, callers: WeakMap<Request, Caller>): Plugin {
  return {
    onResultProcess({ request, result, setResult }) {
      const caller = callers.get(request);
      const requestId = caller?.requestId ?? requestIdOf(null);
      const end = (one: ExecutionResult) =>
        finishResult(finisher, one, { requestId, caller, context: caller?.context });
      if (isAsyncIterable(result)) setResult(mapAsyncIterator(result, end));
      else setResult(Array.isArray(result) ? result.map(end) : end(result));
    },
  };
}
