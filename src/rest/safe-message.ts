/** A vendor's own words, made fit for a caller: one line, short, without links, addresses, credentials or ids of requests. */
import { redactText } from '../observe/redact.ts';

const MAX_LENGTH = 300;

/** Undefined when nothing readable is left. */
export function safeMessage(text: string): string | undefined {
  // Cut before redacting bounds the work; a token cut in two at this length lies beyond what is shown.
  const line = redactText(text.slice(0, MAX_LENGTH * 4).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')).trim();
  if (line === '') return undefined;
  return line.length <= MAX_LENGTH
    ? line
    : `${line
        .slice(0, MAX_LENGTH - 1)
        .trimEnd()
        .toWellFormed()}…`;
}
