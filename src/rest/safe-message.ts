/** A vendor's own words, made fit for a caller: one line, short, without links, addresses, telephone numbers, quoted values, credentials or ids of requests. */
import { redactValues } from '../observe/redact.ts';

const MAX_LENGTH = 300;

/** Undefined when nothing readable is left. */
export function safeMessage(text: string): string | undefined {
  const line = redactValues(beginning(text).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')).trim();
  if (line === '') return undefined;
  return line.length <= MAX_LENGTH
    ? line
    : `${line
        .slice(0, MAX_LENGTH - 1)
        .trimEnd()
        .toWellFormed()}…`;
}

/** Bounds the work before redacting. Half a word at the cut goes: half an address or key looks like neither. */
function beginning(text: string): string {
  return text.length <= MAX_LENGTH * 4 ? text : text.slice(0, MAX_LENGTH * 4).replace(/\S+$/, '');
}
