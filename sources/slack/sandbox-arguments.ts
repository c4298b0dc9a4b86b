/** A method's arguments, wherever they came: query, form or JSON. Slack's own client sends reads as POSTed forms too. */
import type { EmulatorRequest } from '../../src/sandbox/emulator.ts';
import { Refusal } from './sandbox-refusal.ts';

export interface Arguments {
  /** Undefined when absent or empty. */
  text(name: string): string | undefined;
  /** Refuses with invalid_arguments when absent. */
  required(name: string): string;
  flag(name: string): boolean;
  /** An array, or its JSON text in a form field. `code` is the refusal of anything else. */
  list(name: string, code: string): Record<string, unknown>[] | undefined;
}

export function readArguments({ query, body }: EmulatorRequest): Arguments {
  const values: Record<string, unknown> = { ...Object.fromEntries(query), ...(isRecord(body) ? body : {}) };
  const text = (name: string) => {
    const value = values[name];
    return value === undefined || value === null || value === '' || typeof value === 'object'
      ? undefined
      : String(value);
  };
  return {
    text,
    required(name) {
      const value = text(name);
      if (value === undefined) throw new Refusal('invalid_arguments');
      return value;
    },
    flag: (name) => ['true', '1'].includes(text(name) ?? ''),
    list(name, code) {
      const value = values[name];
      if (value === undefined || value === null || value === '') return undefined;
      const rows = typeof value === 'string' ? parse(value, code) : value;
      if (!Array.isArray(rows) || !rows.every(isRecord)) throw new Refusal(code);
      return rows;
    },
  };
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parse(text: string, code: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(code);
  }
}
