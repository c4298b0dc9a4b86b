/** Request bodies: read with a bound, parsed by content type. */
import type { IncomingMessage } from 'node:http';
import { parseForm } from './form.ts';

export const MAX_BODY_BYTES = 10 * 1024 * 1024;

export class BodyTooLarge extends Error {}
export class BodyMalformed extends Error {}

/** Rejects with BodyTooLarge past the bound, or with the stream's error when the client leaves half-way. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  // Not `for await`: leaving that loop early would destroy the socket, and with it the answer that explains why.
  // What comes past the bound is read and dropped.
  await new Promise<void>((resolve, reject) => {
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > MAX_BODY_BYTES) reject(new BodyTooLarge(`The body is larger than ${MAX_BODY_BYTES} bytes.`));
      else chunks.push(chunk);
    });
    request.on('end', resolve);
    request.on('error', reject);
    request.on('close', () => reject(new Error('The client left before its body was complete.')));
  });
  return Buffer.concat(chunks);
}

/** JSON and forms become values; an empty body and any other type (multipart, XML) are undefined. Throws BodyMalformed. */
export function parseBody(contentType: string | undefined, raw: Buffer): unknown {
  if (raw.length === 0) return undefined;
  const type = (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (type === 'application/json' || type.endsWith('+json')) return parseJson(raw.toString('utf8'));
  if (type === 'application/x-www-form-urlencoded') return parseForm(new URLSearchParams(raw.toString('utf8')));
  return undefined;
}

function parseJson(text: string): unknown {
  try {
    // An own `__proto__` would become a real prototype as soon as an emulator merges the body into its state.
    return JSON.parse(text, (key, value: unknown) => (key === '__proto__' ? undefined : value));
  } catch (error) {
    throw new BodyMalformed('The body is not valid JSON.', { cause: error });
  }
}
