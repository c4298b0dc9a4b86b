/** Why a caller asks, in its own words: `x-reason`, for the record and nothing else. It never grants anything. */
import { redactText } from '../observe/redact.ts';

export const REASON_HEADER = 'x-reason';
const LONGEST = 300;
/** Whatever could break a line of a log or hide in one. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;

/** Without addresses, links and credentials; cut at 300 characters. Undefined when there is none. */
export function reasonOf(text: unknown): string | undefined {
  if (typeof text !== 'string') return undefined;
  const reason = redactText(text.replace(CONTROL, ' ').trim()).slice(0, LONGEST);
  return reason === '' ? undefined : reason;
}
