/**
 * An error nobody expected, as the log may have it. A join of a graph folder may throw whatever it was given: a vendor's body,
 * an address, a secret. So nothing of the object but its name, its message as far as it is words, and where it was thrown.
 */
import { redactText, redactValues } from './redact.ts';

export interface LoggedError {
  type: string;
  /** Not `message`: pino would take the whole for an error and write it in its own way. */
  reason: string;
  stack: string[];
  cause?: LoggedError;
}

const LONGEST = 300;
const MOST_FRAMES = 15;
const MOST_CAUSES = 3;
/** V8 writes them, and names properties and functions in them, never values. */
const OF_THE_ENGINE: ReadonlySet<string> = new Set(['TypeError', 'ReferenceError']);

export function loggedError(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, reason: '[…]', stack: [] };
  const { name, message, cause } = error;
  const text = message.slice(0, LONGEST);
  return {
    type: name,
    reason: OF_THE_ENGINE.has(name) ? redactText(text) : redactValues(text),
    stack: framesOf(error),
    ...(cause !== undefined && depth < MOST_CAUSES && { cause: loggedError(cause, depth + 1) }),
  };
}

/** What stands in front of them is the message once more, which may have lines that look like frames. */
function framesOf({ stack = '', message }: Error): string[] {
  const from = stack.indexOf(message) + message.length;
  const lines = stack
    .slice(from)
    .split('\n')
    .map((line) => line.trim());
  return lines.filter((line) => /^at .+:\d+:\d+\)?$/.test(line)).slice(0, MOST_FRAMES);
}
