/**
 * Opaque cursors: a vendor's position, sealed with a checksum over the field's name and arguments. The checksum keeps a
 * cursor from being used elsewhere by mistake; it is no signature, and a position is only ever sent to the vendor it names.
 */
import { crc32 } from 'node:zlib';
import { GatewayError } from '../errors.ts';

/** What a paging style needs to go on after a row. */
export type Position = readonly (string | number | null)[];

export interface CursorCodec {
  encode(position: Position): string;
  /** Throws CURSOR_INVALID for anything this field did not hand out for these arguments. */
  decode(cursor: string): Position;
}

const MAX_LENGTH = 4_096;

export function createCursorCodec(field: string, args: Readonly<Record<string, unknown>>): CursorCodec {
  // One binding for all rows of a page; a row then costs one checksum over its own few bytes.
  const binding = crc32(`${field}\n${canonical(args)}`);
  const encode = (position: Position): string => {
    const payload = JSON.stringify(position);
    return Buffer.from(`${crc32(payload, binding).toString(36)}.${payload}`).toString('base64url');
  };
  return {
    encode,
    decode(cursor) {
      const position = cursor.length <= MAX_LENGTH ? readPosition(cursor) : undefined;
      // Encoding again also refuses a second spelling of the same bytes.
      if (position !== undefined && encode(position) === cursor) return position;
      throw new GatewayError('CURSOR_INVALID', `The cursor was not made by ${field} with these arguments.`, {
        operation: field,
        retryable: false,
      });
    },
  };
}

function readPosition(cursor: string): Position | undefined {
  const text = Buffer.from(cursor, 'base64url').toString();
  const dot = text.indexOf('.');
  try {
    const position: unknown = dot < 0 ? undefined : JSON.parse(text.slice(dot + 1));
    return isPosition(position) ? position : undefined;
  } catch {
    return undefined;
  }
}

function isPosition(value: unknown): value is Position {
  return (
    Array.isArray(value) && value.every((part) => part === null || typeof part === 'string' || typeof part === 'number')
  );
}

/** The same text for the same arguments, in whatever order; an argument that is null counts as not given. */
function canonical(value: unknown): string {
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, item]) => item !== undefined && item !== null);
  const parts = entries
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`);
  return `{${parts.join()}}`;
}
