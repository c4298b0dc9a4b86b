/** Reads what callers send to Cal.com's emulator; what does not fit is a 400 in the vendor's words. */
import { Refusal } from './sandbox-answers.ts';

export type Fields = Readonly<Record<string, unknown>>;

export function asFields(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

export function optionalText(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw new Refusal(400, `${name} must be a string`);
  return value;
}

export function requiredText(fields: Fields, name: string): string {
  const value = optionalText(fields, name);
  if (value === undefined || value.trim() === '') throw new Refusal(400, `${name} should not be empty`);
  return value;
}

/** Milliseconds of an ISO 8601 time with a zone, or of a day, which is meant in UTC. */
export function instantMs(text: string, name: string): number {
  const valid = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/.test(text);
  const withZone = text.includes('T') && !/(Z|[+-]\d\d:\d\d)$/.test(text) ? `${text}Z` : text;
  const ms = valid ? Date.parse(withZone) : Number.NaN;
  if (Number.isNaN(ms)) throw new Refusal(400, `${name} must be a valid ISO 8601 date string`);
  return ms;
}

export function integer(value: unknown, name: string, least: number, most = Number.MAX_SAFE_INTEGER): number {
  const number = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isInteger(number))
    throw new Refusal(400, `${name} must be an integer number`);
  if (number < least) throw new Refusal(400, `${name} must not be less than ${least}`);
  if (number > most) throw new Refusal(400, `${name} must not be greater than ${most}`);
  return number;
}

export function timeZoneOf(text: string, name: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    throw new Refusal(400, `${name} must be a valid IANA time-zone`);
  }
}

/** Members of a closed set, repeated or joined by commas. */
export function listOf<Member extends string>(
  query: URLSearchParams,
  name: string,
  members: readonly Member[],
): Member[] {
  const sent = query
    .getAll(name)
    .concat(query.getAll(`${name}[]`))
    .flatMap((text) => text.split(','));
  return sent.map((text) => {
    const member = members.find((known) => known === text.trim());
    if (member === undefined) throw new Refusal(400, `Invalid ${name}. Allowed are ${members.join(', ')}`);
    return member;
  });
}
