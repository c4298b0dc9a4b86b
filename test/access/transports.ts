/** Every way an operation can come in, told as one: what is asked, and what the caller learns. */
import { hash } from 'node:crypto';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { documentIdOf } from '../../src/graph/saved-documents.ts';
import { type Era, messageOf, toolCall } from '../agents/mcp-request.ts';
import type { AccessGateway } from './access-gateway.ts';

export interface Asked {
  query: string;
  /** Undefined: none is sent. */
  key?: string | undefined;
}

export interface Told {
  /** Of HTTP. */
  status?: number;
  headers?: Headers;
  /** Why the WebSocket was closed. */
  closed?: { code: number; reason: string };
  /** Over WebSocket: the same connection answered another operation afterwards. */
  wentOn?: boolean;
  data?: unknown;
  errors: { message: string; path?: (string | number)[]; extensions: Record<string, unknown> }[];
  extensions?: Record<string, unknown>;
}

export interface Transport {
  /** How a refusal comes: as this type over HTTP, as a message, or as a tool's answer. */
  kind: 'json' | 'graphql-response' | 'stream' | 'parts' | 'socket' | 'tool';
  /** How the document is named. */
  by: 'text' | 'documentId' | 'hash';
  /** Takes no mutation. */
  onlyReads?: true;
  ask(gateway: AccessGateway, asked: Asked): Promise<Told>;
}

interface Parameters {
  query?: string;
  documentId?: string;
  extensions?: Record<string, unknown>;
}

const NAMED: Readonly<Record<Transport['by'], (text: string) => Parameters>> = {
  text: (query) => ({ query }),
  documentId: (text) => ({ documentId: documentIdOf(text) }),
  hash: (text) => ({ extensions: { persistedQuery: { version: 1, sha256Hash: hash('sha256', text) } } }),
};

const ACCEPT = {
  json: 'application/json',
  'graphql-response': 'application/graphql-response+json',
  stream: 'text/event-stream',
  parts: 'multipart/mixed',
} as const;

function overPost(kind: keyof typeof ACCEPT, by: Transport['by']): Transport {
  return {
    kind,
    by,
    ask: async ({ url }, { query, key }) => {
      const headers = { ...headersOf(key, ACCEPT[kind]), 'content-type': 'application/json' };
      return tellAll(await fetch(url, { method: 'POST', headers, body: JSON.stringify(NAMED[by](query)) }));
    },
  };
}

function overGet(kind: keyof typeof ACCEPT, by: Transport['by']): Transport {
  return {
    kind,
    by,
    onlyReads: true,
    ask: async ({ url }, { query, key }) => {
      const { extensions, ...named } = NAMED[by](query);
      const parameters = { ...named, ...(extensions && { extensions: JSON.stringify(extensions) }) };
      return tellAll(
        await fetch(`${url}?${new URLSearchParams(parameters)}`, { headers: headersOf(key, ACCEPT[kind]) }),
      );
    },
  };
}

function overSocket(by: Transport['by']): Transport {
  return {
    kind: 'socket',
    by,
    async ask({ url }, { query, key }) {
      let connections = 0;
      const client = createClient({
        url: url.replace('http', 'ws'),
        webSocketImpl: WebSocket,
        retryAttempts: 0,
        connectionParams: key === undefined ? {} : { authorization: `Bearer ${key}` },
        // Kept open for the question after the refusal.
        lazy: true,
        lazyCloseTimeout: 10_000,
        on: { connected: () => (connections += 1) },
      });
      const ask = async (payload: Parameters) => {
        for await (const result of client.iterate({ query: '', ...payload })) return result;
        throw new Error('The WebSocket gave no answer.');
      };
      try {
        const told = await ask(NAMED[by](query)).catch(refusalOf);
        if ('closed' in told) return told;
        const after = await ask(NAMED.documentId(HARMLESS)).catch(refusalOf);
        // What the socket carries is JSON: its errors are plain objects.
        const wentOn = !('closed' in after) && (after.data ?? after.errors) !== undefined && connections === 1;
        return { errors: [], ...JSON.parse(JSON.stringify(told)), wentOn };
      } finally {
        await client.dispose();
      }
    },
  };
}

function overMcp(by: 'text' | 'documentId', era: Era): Transport {
  return {
    kind: 'tool',
    by,
    onlyReads: true,
    ask: async ({ url }, { query, key }) => {
      const named = by === 'text' ? { query } : { saved: documentIdOf(query) };
      const { headers, body } = toolCall('graph_query', { ...named, reason: 'to see what comes back' }, era);
      const authorization = key !== undefined && { authorization: `Bearer ${key}` };
      const response = await fetch(url.replace(/graphql$/, 'mcp'), {
        method: 'POST',
        headers: { ...headers, ...authorization },
        body: JSON.stringify(body),
      });
      const { result, error } = messageOf(await response.text());
      const { data, errors = [], meta } = result?.structuredContent ?? {};
      const refusal = error ? [{ message: error.message, extensions: error.data ?? {} }] : [];
      const told = { data, errors: [...errors, ...refusal], ...(meta && { extensions: meta }) };
      return { ...told, status: response.status, headers: response.headers };
    },
  };
}

/** What every client may ask, as a saved operation too. */
export const HARMLESS = '{ __typename }';

/** graphql-ws throws the list of errors that an operation was refused with, or the event that closed its connection. */
function refusalOf(thrown: unknown): Told {
  // Those are the two things it throws.
  if (Array.isArray(thrown)) return { errors: thrown as Told['errors'] };
  const { code, reason } = thrown as WebSocket.CloseEvent;
  return { errors: [], closed: { code, reason } };
}

function headersOf(key: string | undefined, accept: string): Record<string, string> {
  return { accept, ...(key !== undefined && { authorization: `Bearer ${key}` }) };
}

async function tellAll(response: Response): Promise<Told> {
  const text = await response.text();
  // The one line of a stream, or of a body in parts, that is JSON.
  const body: object = JSON.parse(/^(?:data: )?(\{.+\})$/m.exec(text)?.[1] ?? '{}');
  return { errors: [], ...body, status: response.status, headers: response.headers };
}

export const TRANSPORTS = {
  POST: overPost('json', 'text'),
  'POST for graphql-response+json': overPost('graphql-response', 'text'),
  GET: overGet('json', 'text'),
  'GET for graphql-response+json': overGet('graphql-response', 'text'),
  'POST for multipart/mixed': overPost('parts', 'text'),
  'SSE by POST': overPost('stream', 'text'),
  'SSE by GET': overGet('stream', 'text'),
  WebSocket: overSocket('text'),
  'a saved operation by POST': overPost('json', 'documentId'),
  'a saved operation by GET': overGet('json', 'documentId'),
  'a saved operation over SSE': overPost('stream', 'documentId'),
  'a saved operation over WebSocket': overSocket('documentId'),
  'a persisted query by POST': overPost('json', 'hash'),
  'a persisted query by GET': overGet('json', 'hash'),
  'a persisted query over WebSocket': overSocket('hash'),
  MCP: overMcp('text', '2026-07-28'),
  'MCP of 2025': overMcp('text', '2025-11-25'),
  'a saved operation over MCP': overMcp('documentId', '2026-07-28'),
} satisfies Record<string, Transport>;

/** So that its hash alone will do: sent once with both, by somebody who may. */
export async function persist({ url }: AccessGateway, query: string, key: string): Promise<void> {
  const body = JSON.stringify({ query, ...NAMED.hash(query) });
  const headers = { ...headersOf(key, ACCEPT.json), 'content-type': 'application/json' };
  await (await fetch(url, { method: 'POST', headers, body })).text();
}

/** A list of operations in one request. */
export async function askBatch({ url }: AccessGateway, { query, key }: Asked, count: number): Promise<Told> {
  const headers = { ...headersOf(key, ACCEPT.json), 'content-type': 'application/json' };
  return tellAll(await fetch(url, { method: 'POST', headers, body: JSON.stringify(Array(count).fill({ query })) }));
}
