/**
 * How long a vendor asks to be left alone. `Retry-After` is the standard (RFC 9110, seconds or a date); where a 429 comes
 * without one, the reset headers of Zendesk and Resend (seconds), People Data Labs (ISO time) and Cal.com say the same.
 */
const RESET_HEADERS = ['ratelimit-reset', 'x-ratelimit-reset', 'x-rate-limit-reset', 'x-ratelimit-reset-default'];

/** Nobody is sent away for longer: a reset that far off is a clock or a unit gone wrong. */
const LONGEST_MS = 24 * 60 * 60 * 1_000;

/** Milliseconds to wait, or undefined when the answer does not say. */
export function readRetryAfter(
  answer: { status: number; headers: Readonly<Record<string, string>> },
  now: number,
): number | undefined {
  const asked = readWait(answer.headers['retry-after'], now);
  if (asked !== undefined || answer.status !== 429) return asked;
  for (const name of RESET_HEADERS) {
    const reset = readWait(answer.headers[name], now);
    if (reset !== undefined) return reset;
  }
  return undefined;
}

function readWait(text: string | undefined, now: number): number | undefined {
  if (text === undefined || text.trim() === '') return undefined;
  const number = Number(text);
  const wait = Number.isFinite(number) ? fromNumber(number, now) : Date.parse(text) - now;
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(0, Math.ceil(wait)), LONGEST_MS);
}

/** Small numbers are seconds to wait, ten digits an instant in seconds, thirteen one in milliseconds. */
function fromNumber(number: number, now: number): number {
  if (number > 1e11) return number - now;
  if (number > 1e8) return number * 1_000 - now;
  return number * 1_000;
}
