/**
 * The short way for what nearly every request is: a POST of plain JSON that asks for plain JSON. It runs the same steps as
 * yoga's way (admit, parse, validate, context, execute, finish) without making a `Request` and a `Response` of it, which
 * costs more than all of them. Whatever is not exactly that goes through yoga, refusals included, so that there is one way to
 * refuse; `test/http/both-ways.test.ts` holds the two against each other.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type DocumentNode, type ExecutionResult, GraphQLError, getOperationAST } from 'graphql';
import type { Principal } from '../auth/principal.ts';
import { createGraphContext } from '../graph/context.ts';
import { finishResult } from '../graph/finish.ts';
import { formatError, maskError } from '../graph/mask.ts';
import { REASON_HEADER, reasonOf } from '../graph/reason.ts';
import { loggedError } from '../observe/logged-error.ts';
import { Leaving } from '../vendors/leave-signal.ts';
import { mayExplain } from './explain-header.ts';
import type { GraphqlOptions, GraphqlServer } from './graphql.ts';
import { type Asked, isPlainPost, parseAsked, readBody } from './plain-post.ts';
import { REQUEST_ID_HEADER, requestIdOf } from './request-id.ts';
import { ANSWER_HEADERS } from './security-headers.ts';

/** Answers the request, the short way or yoga's. */
export type JsonPost = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export function createJsonPost(graphql: GraphqlServer, options: GraphqlOptions): JsonPost {
  const handle: JsonPost = async (request, response) => {
    const found = isPlainPost(request) ? options.authenticate(request.headers.authorization) : null;
    const principal = found instanceof Promise ? await found : found;
    if (!principal) {
      await graphql(request, response);
      return;
    }
    const body = await readBody(request);
    if (!body) return;
    const asked = parseAsked(body);
    const document = asked && documentOf(asked, principal, options);
    if (document) await answer(asked, document, principal, request, response, options);
    else await throughYoga(graphql, request, response, body);
  };
  return (request, response) => handle(request, response).catch((error) => fail(error, request, response, options));
}

/** Undefined for what has to be refused: nothing has happened yet, and yoga's way refuses it again. */
function documentOf(
  asked: Asked,
  principal: Principal,
  { saved, documents }: GraphqlOptions,
): DocumentNode | undefined {
  try {
    const text = saved.textOf(asked, principal);
    const document = text === undefined ? undefined : documents.parse(text, principal.kind);
    if (!document || documents.validate(document, principal.scopes).length > 0) return undefined;
    const kind = getOperationAST(document, asked.operationName)?.operation;
    return kind === 'query' || kind === 'mutation' ? document : undefined;
  } catch (error) {
    if (error instanceof GraphQLError) return undefined;
    throw error;
  }
}

/** Nothing above should throw. If it does, one request fails, and not the process with all the others. */
function fail(error: unknown, { headers }: IncomingMessage, response: ServerResponse, { log }: GraphqlOptions): void {
  const requestId = requestIdOf(one(headers[REQUEST_ID_HEADER]));
  log.error({ requestId, err: loggedError(error) }, 'request failed');
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const masked = formatError(maskError(error, requestId).error);
  response.writeHead(500, {
    ...ANSWER_HEADERS,
    'content-type': 'application/json; charset=utf-8',
    [REQUEST_ID_HEADER]: requestId,
  });
  response.end(JSON.stringify({ errors: [masked] }));
}

async function answer(
  { variables: variableValues, operationName }: Asked,
  document: DocumentNode,
  principal: Principal,
  { headers }: IncomingMessage,
  response: ServerResponse,
  options: GraphqlOptions,
): Promise<void> {
  const requestId = requestIdOf(one(headers[REQUEST_ID_HEADER]));
  const caller = new Leaving();
  response.on('close', () => {
    if (!response.writableFinished) caller.abort();
  });
  const operation = {
    requestId,
    principal,
    transport: 'post',
    reason: reasonOf(headers[REASON_HEADER]),
    signal: caller,
    explain: mayExplain(options, one(headers['x-vendorgraph-explain']), principal),
    timeoutMs: options.operationTimeoutMs,
    ackEvents: options.ackEvents,
  } as const;
  const contextValue = createGraphContext(options.rest, operation, options.identity);
  const { schema } = options.graph;
  const result = await options.run({ schema, document, contextValue, variableValues, operationName });
  const finished = finishResult(options, result, { requestId, context: contextValue });
  send(response, requestId, finished, contextValue.quotaHeaders);
}

function send(
  response: ServerResponse,
  requestId: string,
  { errors, ...rest }: ExecutionResult,
  quotaHeaders: Readonly<Record<string, string>> | undefined,
): void {
  const body = JSON.stringify(errors ? { errors: errors.map(formatError), ...rest } : rest);
  const length = Buffer.byteLength(body);
  const { status, headers } = errors ? httpOf(errors) : FINE;
  // A list of names and values in turn: Node reads it as it is, and no object of a dozen members is made for each answer.
  const written = [...FIXED_HEADERS, 'content-length', String(length), REQUEST_ID_HEADER, requestId];
  // The errors' go before the quota's.
  for (const name in quotaHeaders) if (!(name in headers)) written.push(name, quotaHeaders[name] ?? '');
  for (const name in headers) written.push(name, headers[name] ?? '');
  response.writeHead(status, written);
  // Text of which every character is a byte needs no encoder.
  handOver(response, body, length, length === body.length ? 'latin1' : 'utf8');
}

const FIXED_HEADERS: readonly string[] = Object.entries({
  ...ANSWER_HEADERS,
  'content-type': 'application/json; charset=utf-8',
}).flat();

const FINE: HttpAnswer = { status: 200, headers: {} };

interface HttpAnswer {
  status: number;
  headers: Readonly<Record<string, string>>;
}

interface HttpPart {
  status?: number;
  headers?: Readonly<Record<string, string>>;
  /** What GraphQL over HTTP answers 200 to callers that take `application/json` only. */
  spec?: boolean;
}

/** As yoga does it: the highest status of the errors, and their headers. */
function httpOf(errors: readonly GraphQLError[]): HttpAnswer {
  const parts = errors.map(({ extensions }) => (extensions['http'] ?? {}) as HttpPart);
  const statuses = parts.map(({ status = 200, spec }) => (spec ? 200 : status));
  return {
    status: Math.max(200, ...statuses),
    headers: Object.assign({}, ...parts.map(({ headers }) => headers)),
  };
}

/** What a socket takes at once, whoever reads it. */
const SMALL_BODY = 65_536;

/**
 * To Node a connection is idle from `end` on, and a closing server cuts idle ones: a large answer ends when it is out. A
 * small one goes out with its headers in one write, which a Buffer would not.
 */
function handOver(
  response: ServerResponse,
  body: string | Buffer,
  length: number,
  encoding: BufferEncoding = 'utf8',
): void {
  if (length <= SMALL_BODY) response.end(body, encoding);
  else response.write(body, encoding, () => response.end());
}

/** Its body is read already: yoga is given it as it would be given a `fetch`. */
async function throughYoga(
  graphql: GraphqlServer,
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
): Promise<void> {
  const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)] as [string, string]);
  const answer = await graphql.fetch(`http://gateway${request.url}`, {
    method: 'POST',
    // yoga compares the type letter by letter; here it is JSON, however it was written.
    headers: [...headers.filter(([name]) => name !== 'content-type'), ['content-type', 'application/json']],
    body: new Uint8Array(body),
  });
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  const whole = Buffer.from(await answer.arrayBuffer());
  handOver(response, whole, whole.length);
}

function one(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
