/** The signed time of a delivery: read strictly, judged both ways. The vendors' own libraries mostly let the future pass; we do not. */

/** `isoOrSeconds`: for a vendor that does not document which. */
export type TimestampUnit = 'seconds' | 'milliseconds' | 'iso' | 'isoOrSeconds';

export type TimestampFault = 'timestamp_malformed' | 'timestamp_too_old' | 'timestamp_in_future';

const DIGITS = /^\d{1,15}$/;
const ISO = /^(\d{4}-\d\d-\d\dT\d\d:\d\d):(\d\d)(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;

/** Epoch milliseconds; undefined when the text is not exactly what the unit says. */
export function readTimestamp(text: string, unit: TimestampUnit): number | undefined {
  if (unit === 'iso' || (unit === 'isoOrSeconds' && !DIGITS.test(text))) return readIso(text);
  if (!DIGITS.test(text)) return undefined;
  return unit === 'milliseconds' ? Number(text) : Number(text) * 1_000;
}

/** ISO 8601 with a zone. A leap second is the one after :59, which `Date` does not know. */
export function readIso(text: string): number | undefined {
  const [, minute, second, fraction = '', zone] = ISO.exec(text) ?? [];
  if (minute === undefined || second === undefined) return undefined;
  const isLeap = second === '60';
  const at = Date.parse(`${minute}:${isLeap ? '59' : second}${fraction}${zone}`);
  return Number.isNaN(at) ? undefined : at + (isLeap ? 1_000 : 0);
}

/** Exactly the tolerance passes. Our clock is read as coarsely as the vendor's, so that 300.9 s are 300 where it counts seconds. */
export function timestampFault(
  at: number | undefined,
  unit: TimestampUnit,
  now: number,
  toleranceMs: number,
): TimestampFault | undefined {
  if (at === undefined) return 'timestamp_malformed';
  const clock = unit === 'milliseconds' ? now : Math.floor(now / 1_000) * 1_000;
  if (clock - at > toleranceMs) return 'timestamp_too_old';
  return at - clock > toleranceMs ? 'timestamp_in_future' : undefined;
}
