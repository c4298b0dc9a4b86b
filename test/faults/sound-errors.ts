/** What holds for every error of every answer in this folder, whatever was broken to get it. */
import { expect } from 'vitest';
import { ERROR_CODES } from '../../src/index.ts';

export interface AnswerError {
  message: string;
  path?: (string | number)[];
  extensions: Record<string, unknown>;
}

const ERROR_KEYS: readonly string[] = ['message', 'locations', 'path', 'extensions'];
const EXTENSION_KEYS: readonly string[] = [
  ...['code', 'requestId', 'vendor', 'operation', 'retryable', 'retryAfterMs', 'scopes', 'limit'],
];

/** A code from the table, a request id, a message for people, and nothing that is not on the list. */
export function expectSoundErrors(errors: readonly AnswerError[]): void {
  for (const error of errors) {
    expect(ERROR_CODES).toContain(error.extensions['code']);
    expect(error.extensions['requestId']).toEqual(expect.stringMatching(/^[\w.:-]{1,128}$/));
    expect(error.message).not.toBe('');
    expect(error.message).not.toMatch(/\n\s+at |node:internal|node_modules|\.ts:\d/);
    expect(Object.keys(error).filter((key) => !ERROR_KEYS.includes(key))).toEqual([]);
    expect(Object.keys(error.extensions).filter((key) => !EXTENSION_KEYS.includes(key))).toEqual([]);
  }
}
