/**
 * An entry as JSON, whatever a caller put into it. What cannot be written (a cycle, a BigInt) or is too long loses its variables
 * first, then everything but who, what and the outcome: a shortened record is worth more than none.
 */
import type { AuditEntry } from './entry.ts';

/** In UTF-16 units; at most three bytes each, so a line stays below MAX_LINE_BYTES. */
const MAX_CHARS = 64 * 1024;
const MAX_TEXT = 1_000;

/** Never throws. */
export function entryJson(entry: AuditEntry): string {
  return (
    written(entry) ??
    written({ ...entry, variables: '[too large or not writable]' }) ??
    JSON.stringify(essentials(entry))
  );
}

function written(entry: AuditEntry): string | undefined {
  try {
    const json = JSON.stringify(entry);
    return json.length <= MAX_CHARS ? json : undefined;
  } catch {
    return undefined;
  }
}

function essentials(entry: AuditEntry): Record<string, string> {
  const { fields: _fields, vendors: _vendors, codes: _codes, cost: _cost, variables: _variables, ...texts } = entry;
  const kept = Object.entries(texts).filter(([, value]) => value !== undefined);
  return {
    ...Object.fromEntries(kept.map(([name, value]) => [name, String(value).slice(0, MAX_TEXT)])),
    variables: '[shortened]',
  };
}
