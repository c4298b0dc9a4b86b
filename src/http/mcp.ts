/**
 * `POST /mcp`: lets in messages of agents as `/graphql` lets in operations: known callers only, one request of the quota each,
 * bodies of JSON within bounds. What a message means is for `answer` to say.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { GraphQLError } from 'graphql';
import { readBearer } from '../auth/bearer.ts';
import type { Principal } from '../auth/principal.ts';
import { type Finisher, finishResult } from '../graph/finish.ts';
import { formatError } from '../graph/mask.ts';
import type { AdmissionOptions } from './admission.ts';
import { createMessageReader } from './mcp-message.ts';
import { foreignHeader } from './own-origin.ts';
import { REQUEST_ID_HEADER, requestIdOf } from './request-id.ts';
import { ANSWER_HEADERS } from './security-headers.ts';
import type { NodeHandler } from './server.ts';
import { createTellUnknownCaller } from './unknown-callers.ts';

export interface McpOptions extends AdmissionOptions, Finisher {
  /** Where callers reach the gateway. */
  publicUrl(): string;
  /** From a message to its whole answer. */
  answer(message: KnownMessage): Promise<Response>;
}

export interface KnownMessage {
  requestId: string;
  principal: Principal;
  /** Aborts when the caller leaves. */
  signal: AbortSignal;
  /** The protocol's headers, without the credential. */
  request: Request;
  message: unknown;
}

export const MCP_PATH = '/mcp';

/** What is passed on of a request. */
const PROTOCOL_HEADERS = /^(accept$|content-type$|mcp-)/;
/** JSON-RPC leaves the codes from here on to servers. */
const SERVER_ERROR = -32_000;

export function createMcpEdge(options: McpOptions): NodeHandler {
  const tellUnknown = createTellUnknownCaller(options);
  const readMessage = createMessageReader();

  const answer = async (request: IncomingMessage, requestId: string, left: AbortSignal): Promise<Response> => {
    const { authorization } = request.headers;
    const foreign = foreignHeader(request.headers, options.publicUrl());
    if (foreign) return foreignName(foreign, requestId);
    const principal = await options.authenticate(authorization);
    if (!principal) {
      tellUnknown('mcp', authorization);
      return unknownCaller(authorization, requestId, options);
    }
    const known = { requestId, caller: { principal, transport: 'mcp' } } as const;
    const { headers, refusal } = await options.countRequest(principal);
    const read = refusal ?? (await readMessage(request));
    if (read instanceof GraphQLError) return withHeaders(refused(read, known, options), headers);
    const message = { ...read, requestId, principal, signal: left, request: protocolRequest(request) };
    return withHeaders(await options.answer(message), headers);
  };

  return async (request, response) => {
    const requestId = requestIdOf([request.headers[REQUEST_ID_HEADER]].flat()[0]);
    const left = new AbortController();
    response.once('close', () => {
      if (!response.writableFinished) left.abort();
    });
    const answered = await answer(request, requestId, left.signal).catch((error) =>
      refused(error, { requestId }, options),
    );
    await send(response, answered, requestId);
  };
}

type Known = Parameters<typeof finishResult>[2];

/** As on every transport: masked, told to the log, counted, and of known callers on record. The code stands in `error.data`. */
function refused(error: unknown, known: Known, options: McpOptions): Response {
  const located = error instanceof GraphQLError ? error : new GraphQLError('', { originalError: error as Error });
  const [masked = located] = finishResult(options, { errors: [located] }, known).errors ?? [];
  const { message, extensions: data } = formatError(masked);
  const { status, headers = {} } = (masked.extensions['http'] ?? {}) as { status?: number; headers?: HeadersInit };
  return errorResponse(message, data, { status: status ?? 500, headers });
}

/** Strangers are told without being recorded. */
function foreignName(header: 'Host' | 'Origin', requestId: string): Response {
  const message = `${header} names somebody else than this gateway. Operators set VENDORGRAPH_PUBLIC_URL to where callers reach it.`;
  return errorResponse(message, { code: 'BAD_USER_INPUT', requestId }, { status: 403 });
}

function unknownCaller(authorization: string | undefined, requestId: string, { challenge }: McpOptions): Response {
  const message = 'No valid credential came with the request. Send "Authorization: Bearer <API key or JWT>".';
  const error = readBearer(authorization) === undefined ? {} : ({ error: 'invalid_token' } as const);
  const headers = { 'www-authenticate': challenge({ ...error, path: MCP_PATH }) };
  return errorResponse(message, { code: 'UNAUTHENTICATED', requestId }, { status: 401, headers });
}

function errorResponse(message: string, data: unknown, init: ResponseInit): Response {
  return Response.json({ jsonrpc: '2.0', id: null, error: { code: SERVER_ERROR, message, data } }, init);
}

/** The answer's own go before those of the quota. */
function withHeaders(response: Response, headers: Readonly<Record<string, string>>): Response {
  for (const [name, value] of Object.entries(headers))
    if (!response.headers.has(name)) response.headers.set(name, value);
  return response;
}

/** What the protocol's package is given: nothing that it need not know. */
function protocolRequest({ headers }: IncomingMessage): Request {
  const passed = Object.entries(headers).filter(([name]) => PROTOCOL_HEADERS.test(name));
  return new Request('http://gateway/mcp', {
    method: 'POST',
    headers: passed.map(([name, value]): [string, string] => [name, String(value)]),
  });
}

/** To Node a connection is idle from `end` on, and a closing server cuts idle ones: it ends when the answer is out. */
async function send(response: ServerResponse, answered: Response, requestId: string): Promise<void> {
  const body = Buffer.from(await answered.arrayBuffer());
  response.writeHead(answered.status, {
    ...Object.fromEntries(answered.headers),
    ...ANSWER_HEADERS,
    [REQUEST_ID_HEADER]: requestId,
    'content-length': body.length,
  });
  response.write(body, () => response.end());
}
