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
import type { Execute } from '../graph/compiled-execution.ts';
import { createGraphContext, type GraphContext, type OperationRequest } from '../graph/context.ts';
import { type Finisher, finishResult } from '../graph/finish.ts';
import type { OperationFile } from '../graph/operation-files.ts';
import { checkRowLimit } from '../graph/row-limit.ts';
import type { Identity } from '../joins/identity.ts';
import type { RestExecutor } from '../rest/executor.ts';
import { REQUEST_ID_HEADER, requestIdOf } from './request-id.ts';

export const GRAPHQL_PATH = '/graphql';
/** Largest request body, bytes. */
export const MOST_BODY = 1_000_000;

export interface GraphqlOptions extends Finisher {
  rest: RestExecutor;
  execute: Execute;
  /** How people and accounts are recognised. */
  identity: Identity;
  authenticate: Authenticate;
  operationTimeoutMs: number;
  /** Whether any caller may ask for `extensions.explain`; else `admin:read` is needed. */
  explainForAll: boolean;
  /** GraphiQL for browsers; absent: none. */
  graphiql?: { demoKey: string; operations: readonly OperationFile[] } | undefined;
}

/** What a transport hands to the pipeline; over HTTP it is made from the request. */
export interface PipelineInput {
  operation?: OperationRequest;
}

export type GraphqlServer = YogaServerInstance<PipelineInput, GraphContext>;

interface Caller {
  requestId: string;
  principal: Principal;
  context?: GraphContext;
}

export function createGraphqlServer(options: GraphqlOptions): GraphqlServer {
  const callers = new WeakMap<Request, Caller>();
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
    // Errors are masked where the request id is known: in `finish` below.
    maskedErrors: false,
    logging: false,
    ...graphiqlOptions(options.graphiql),
    plugins: [
      // Before anything is parsed: a caller we do not know costs nothing.
      admit(options, callers),
      // What yoga cannot read is the caller's fault.
      refuseUnreadable(),
      // Fresh loaders, deadline and record for each operation.
      context(options, callers),
      // And keeps the document, for errors that say which vendor's value was wrong.
      executeCompiled(options),
      // Last: every result passes it, those of refused requests too.
      finish(options, callers),
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

function admit({ authenticate }: GraphqlOptions, callers: WeakMap<Request, Caller>): Plugin {
  return {
    onRequest({ request, endResponse, fetchAPI }) {
      const requestId = requestIdOf(request.headers.get(REQUEST_ID_HEADER));
      const principal = authenticate(request.headers.get('authorization'));
      if (principal) {
        callers.set(request, { requestId, principal });
        return;
      }
      const error = {
        message: 'No valid credential came with the request. Send "Authorization: Bearer <API key>".',
        extensions: { code: 'UNAUTHENTICATED', requestId },
      };
      const headers = {
        'www-authenticate': 'Bearer',
        [REQUEST_ID_HEADER]: requestId,
        'content-type': answerType(request),
      };
      endResponse(fetchAPI.Response.json({ errors: [error] }, { status: 401, headers }));
    },
    onResponse({ request, response }) {
      const caller = callers.get(request);
      if (caller) response.headers.set(REQUEST_ID_HEADER, caller.requestId);
    },
  };
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

function context(options: GraphqlOptions, callers: WeakMap<Request, Caller>): Plugin {
  // The envelop plugin's types know nothing of what a transport put in beside yoga's own context.
  return useExtendContext((initial: { request?: Request } & PipelineInput) => {
    if (initial.operation) return createGraphContext(options.rest, initial.operation, options.identity);
    const caller = initial.request && callers.get(initial.request);
    if (!initial.request || !caller) throw new TypeError('An operation reached the pipeline without a caller.');
    const operation = {
      requestId: caller.requestId,
      principal: caller.principal,
      signal: initial.request.signal,
      explain: mayExplain(options, initial.request.headers.get('x-vendorgraph-explain'), caller.principal),
      timeoutMs: options.operationTimeoutMs,
    };
    caller.context = createGraphContext(options.rest, operation, options.identity);
    return caller.context;
  }) as unknown as Plugin;
}

function executeCompiled({ execute }: GraphqlOptions): Plugin<GraphContext> {
  return {
    onExecute({
      args: { schema, contextValue, document, operationName, variableValues },
      setExecuteFn,
      setResultAndStopExecution,
    }) {
      contextValue.asked = { document, operationName };
      const refusal = checkRowLimit(schema, document, operationName, variableValues);
      if (refusal)
        setResultAndStopExecution({ errors: [new GraphQLError(refusal.message, { originalError: refusal })] });
      else setExecuteFn(execute);
    },
  };
}

function finish(finisher: Finisher, callers: WeakMap<Request, Caller>): Plugin {
  return {
    onResultProcess({ request, result, setResult }) {
      const caller = callers.get(request);
      const requestId = caller?.requestId ?? requestIdOf(null);
      const end = (one: ExecutionResult) =>
        finishResult(finisher, one, { requestId, context: caller?.context, transport: 'http' });
      if (isAsyncIterable(result)) setResult(mapAsyncIterator(result, end));
      else setResult(Array.isArray(result) ? result.map(end) : end(result));
    },
  };
}

function graphiqlOptions(graphiql: GraphqlOptions['graphiql']) {
  if (!graphiql) return { graphiql: false };
  const headers = JSON.stringify(
    { authorization: `Bearer ${graphiql.demoKey}`, 'x-vendorgraph-explain': '1' },
    null,
    2,
  );
  return {
    graphiql: {
      title: 'vendorgraph',
      defaultHeaders: headers,
      headers,
      defaultTabs: graphiql.operations.map(({ text: query }) => ({ query, headers })),
      shouldPersistHeaders: true,
      subscriptionsProtocol: 'WS' as const,
    },
    // 6 MB of script: loaded when somebody looks, from the package, never from a CDN.
    renderGraphiQL: async (opts: object) =>
      stillTabs((await import('@graphql-yoga/render-graphiql')).renderGraphiQL(opts)),
  };
}

/** GraphiQL measures its tabs before their font is there: at the first press a tab jumped aside, and the click was lost. */
function stillTabs(html: string): string {
  return html.replace('</head>', '<style>.graphiql-tab { transform: none !important; }</style></head>');
}
