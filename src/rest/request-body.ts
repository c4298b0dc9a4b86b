/** Writes a request's body in the media type the vendor takes. */

import { writeJson } from './json.ts';
import { isObject } from './json-path.ts';
import { appendPairs } from './query-string.ts';

export type BodyFormat = 'json' | 'form' | 'multipart' | 'raw';

export interface WrittenBody {
  body: string | Buffer;
  /** Replaces the declared one: only multipart, whose boundary is made with the body. */
  contentType?: string;
}

export function bodyFormatOf(contentType: string): BodyFormat {
  const [media = ''] = contentType.toLowerCase().split(';', 1);
  if (media === 'application/x-www-form-urlencoded') return 'form';
  if (media === 'multipart/form-data') return 'multipart';
  return media === 'application/json' || media.endsWith('+json') ? 'json' : 'raw';
}

type BodyWriter = (value: unknown) => WrittenBody | Promise<WrittenBody>;

const WRITERS = {
  json: (value) => ({ body: writeJson(value) }),
  form: (value) => ({ body: writeForm(value) }),
  multipart: writeMultipart,
  raw: async (value) => ({ body: value instanceof Blob ? await readBlob(value) : asBytes(value) }),
} satisfies Record<BodyFormat, BodyWriter>;

export function writeBody(format: BodyFormat, value: unknown): WrittenBody | Promise<WrittenBody> {
  return WRITERS[format](value);
}

/** `items[0][price]=p&expand[]=customer`; an explicit null is an empty field, which is how forms clear a value. */
function writeForm(value: unknown): string {
  const pairs: string[] = [];
  for (const [name, item] of Object.entries(isObject(value) ? value : {})) {
    appendPairs(pairs, name, emptyNulls(item), 'brackets');
  }
  return pairs.join('&');
}

function emptyNulls(value: unknown): unknown {
  if (value === null) return '';
  if (Array.isArray(value)) return value.map(emptyNulls);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, emptyNulls(item)]));
}

/** Files as they are, objects and arrays as JSON parts, everything else as text. */
async function writeMultipart(value: unknown): Promise<WrittenBody> {
  const form = new FormData();
  for (const [name, part] of Object.entries(isObject(value) ? value : {})) {
    if (part === undefined || part === null) continue;
    form.append(name, part instanceof Blob ? part : isObject(part) ? writeJson(part) : String(part));
  }
  const response = new Response(form);
  const contentType = response.headers.get('content-type') ?? 'multipart/form-data';
  return { body: Buffer.from(await response.arrayBuffer()), contentType };
}

async function readBlob(blob: Blob): Promise<Buffer> {
  return Buffer.from(await blob.arrayBuffer());
}

function asBytes(value: unknown): string | Buffer {
  if (Buffer.isBuffer(value)) return value;
  return typeof value === 'string' ? value : writeJson(value);
}
