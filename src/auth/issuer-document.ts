/** Fetches what an issuer publishes: its discovery document, its keys. Small, soon, without redirects, or not at all. */
import { isSecureUrl } from '../config/clients.ts';

export type Fetch = typeof fetch;

const TIMEOUT_MS = 5_000;
const MAX_BYTES = 100 * 1024;

/** Rejects with an error whose message is safe to log: it holds the URL and what was wrong, nothing of the answer. */
export async function fetchDocument(url: string, fetchImpl: Fetch): Promise<Record<string, unknown>> {
  if (!isSecureUrl(url)) throw new Error(`${url} is no https:// address`);
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const response = await reach(url, fetchImpl, signal);
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Error(`${url} answered ${response.status}`);
  }
  const document = parseObject(await readText(url, response));
  if (document === undefined) throw new Error(`${url} did not answer with a JSON object`);
  return document;
}

/** Undefined for anything but a JSON object. */
export function parseObject(text: string): Record<string, unknown> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  // Any object has string keys.
  return value as Record<string, unknown>;
}

async function reach(url: string, fetchImpl: Fetch, signal: AbortSignal): Promise<Response> {
  const headers = { accept: 'application/json, application/jwk-set+json' };
  try {
    return await fetchImpl(url, { headers, redirect: 'manual', signal });
  } catch (cause) {
    throw new Error(`${url} ${signal.aborted ? `did not answer within ${TIMEOUT_MS} ms` : 'cannot be reached'}`, {
      cause,
    });
  }
}

async function readText(url: string, { body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body ?? []) {
      bytes += chunk.byteLength;
      if (bytes > MAX_BYTES) break;
      chunks.push(chunk);
    }
  } catch (cause) {
    throw new Error(`${url} did not answer to the end within ${TIMEOUT_MS} ms`, { cause });
  }
  if (bytes > MAX_BYTES) throw new Error(`${url} answered with more than ${MAX_BYTES} bytes`);
  return Buffer.concat(chunks).toString('utf8');
}
