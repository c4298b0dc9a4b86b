/** Which entries a reader wants. A line is looked at as text first: most that do not match are never parsed. */
import { GatewayError } from '../errors.ts';
import type { AuditFilter } from './audit-log.ts';
import type { StoredEntry } from './entry.ts';
import { jsonOf, timeOf } from './line.ts';

export interface LineFilter {
  /** The entry of this line when it matches. Throws INTERNAL when the line is no entry. */
  match(line: string): StoredEntry | undefined;
  /** Whether this line and all above it are too old. */
  isBefore(line: string): boolean;
  /** Whether a line of this time and all below it are too new. */
  isAfter(time: string): boolean;
}

const EXACT = ['client', 'principal', 'kind', 'outcome', 'requestId'] as const;

/** Throws BAD_USER_INPUT for a time that is none. */
export function createLineFilter(filter: AuditFilter): LineFilter {
  const [from, to] = [isoTime(filter.from, 'from'), isoTime(filter.to, 'to')];
  const exact = EXACT.flatMap((name) => {
    const value = filter[name];
    return value === undefined ? [] : [{ name, value, text: `${JSON.stringify(name)}:${JSON.stringify(value)}` }];
  });
  const { vendor } = filter;
  const vendorText = vendor === undefined ? undefined : `${JSON.stringify(vendor)}:`;
  const mayMatch = (line: string): boolean =>
    exact.every(({ text }) => line.includes(text)) && (vendorText === undefined || line.includes(vendorText));
  const isBefore = (line: string): boolean => from !== undefined && timeOf(line) < from;
  const isAfter = (time: string): boolean => to !== undefined && time >= to;
  return {
    isBefore,
    isAfter,
    match(line) {
      if (isAfter(timeOf(line)) || isBefore(line) || !mayMatch(line)) return undefined;
      const entry = parseEntry(line);
      // The text may have stood deeper inside, in the variables for example.
      const isWanted = exact.every(({ name, value }) => entry[name] === value);
      return isWanted && (vendor === undefined || Object.hasOwn(entry.vendors ?? {}, vendor)) ? entry : undefined;
    },
  };
}

function parseEntry(line: string): StoredEntry {
  try {
    return JSON.parse(jsonOf(line)); // written by this folder alone; what others changed is for `audit verify` to find
  } catch (error) {
    throw damaged(error);
  }
}

export function damaged(cause: unknown): GatewayError {
  const message = 'The audit log is damaged; `vendorgraph audit verify` says where.';
  return new GatewayError('INTERNAL', message, { retryable: false, cause });
}

function isoTime(time: Date | undefined, name: string): string | undefined {
  if (time === undefined) return undefined;
  if (!Number.isNaN(time.getTime())) return time.toISOString();
  throw new GatewayError('BAD_USER_INPUT', `"${name}" is not a time.`, { retryable: false });
}
