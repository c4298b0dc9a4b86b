/**
 * An answer of a stream as JSON text. Subscribers that get the same are given the same object, and it is written once for all
 * of them: a thousand readers of one event cost one serialisation.
 */
import type { ExecutionResult } from 'graphql';
import { formatError } from '../graph/mask.ts';

const texts = new WeakMap<ExecutionResult, string>();

/** Of a finished answer, which nobody changes any more. */
export function answerText(answer: ExecutionResult): string {
  const known = texts.get(answer);
  if (known !== undefined) return known;
  const { errors, ...rest } = answer;
  const text = JSON.stringify(errors ? { errors: errors.map(formatError), ...rest } : rest);
  texts.set(answer, text);
  return text;
}
