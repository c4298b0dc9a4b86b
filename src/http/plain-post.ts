/** A POST of plain JSON that asks for plain JSON: how it is known, and read. */
import type { IncomingMessage } from 'node:http';
import { GRAPHQL_PATH, MOST_BODY } from './graphql.ts';

export interface Asked {
  query?: string | null;
  variables?: Record<string, unknown> | null;
  operationName?: string | null;
  documentId?: unknown;
  extensions?: Record<string, unknown> | null;
}

const PLAIN_ACCEPT: ReadonlySet<string | undefined> = new Set([undefined, '*/*', 'application/json']);
const PLAIN_TYPE = /^application\/json(\s*;\s*charset=utf-8)?$/i;

export function isPlainPost({ method, url, headers }: IncomingMessage): boolean {
  return (
    method === 'POST' &&
    url === GRAPHQL_PATH &&
    PLAIN_TYPE.test(headers['content-type'] ?? '') &&
    PLAIN_ACCEPT.has(headers.accept) &&
    headers['content-encoding'] === undefined &&
    // A body of unknown or excessive length is yoga's to count and to cut.
    Number(headers['content-length'] ?? Number.NaN) <= MOST_BODY
  );
}

/** Undefined when the caller left before it was whole. By events: an iterator over a body of one chunk costs more than the body. */
export function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => resolve(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)));
    // What comes after the end changes nothing.
    const leave = (): void => resolve(undefined);
    request.on('error', leave);
    request.on('close', leave);
  });
}

const KNOWN_KEYS: ReadonlySet<string> = new Set(['query', 'variables', 'operationName', 'extensions', 'documentId']);

/** Undefined for everything a GraphQL request must not be. */
export function parseAsked(body: Buffer): Asked | undefined {
  let asked: unknown;
  try {
    asked = JSON.parse(body.toString());
  } catch {
    return undefined;
  }
  return isAsked(asked) ? asked : undefined;
}

function isAsked(value: unknown): value is Asked {
  if (!isMap(value) || !Object.keys(value).every((key) => KNOWN_KEYS.has(key))) return false;
  const { query = null, variables = null, operationName = null, extensions = null } = value;
  return (
    (query === null || typeof query === 'string') &&
    (variables === null || isMap(variables)) &&
    (operationName === null || typeof operationName === 'string') &&
    (extensions === null || isMap(extensions))
  );
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
