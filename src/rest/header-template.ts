/** A header an operation sends: a fixed text, or an argument of the caller. */
import { GatewayError } from '../errors.ts';

export interface HeaderTemplate {
  /** Lower case. */
  name: string;
  /** Undefined when the argument it needs was not given. Throws BAD_USER_INPUT for what a header cannot carry. */
  expand(args: Readonly<Record<string, unknown>>): string | undefined;
}

const ARGUMENT = /^\{args\.(\w+)\}$/;

export function parseHeaderTemplate(name: string, template: string): HeaderTemplate {
  const argument = ARGUMENT.exec(template)?.[1];
  return {
    name: name.toLowerCase(),
    expand: argument === undefined ? () => template : (args) => headerValue(argument, args[argument]),
  };
}

/** Printable ASCII only: a line break would begin a header of the caller's own. */
export function headerValue(argument: string, value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  const text = Array.isArray(value) ? value.join(',') : String(value);
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  throw new GatewayError('BAD_USER_INPUT', `The argument "${argument}" holds characters no header can carry.`, {
    retryable: false,
  });
}
