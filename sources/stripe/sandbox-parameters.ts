/** Reads single parameters of a query or a form, where everything is text, and refuses what does not fit in Stripe's words. */
import type { Form, FormValue } from '../../src/sandbox/form.ts';
import { invalid } from './sandbox-faults.ts';

/** Refuses every name that is not allowed, as the vendor does. */
export function refuseUnknown(form: Form, allowed: ReadonlySet<string>): void {
  const unknown = Object.keys(form).find((name) => !allowed.has(name));
  if (unknown !== undefined) {
    throw invalid(`Received unknown parameter: ${unknown}`, unknown, 'parameter_unknown');
  }
}

export function readText(value: FormValue | undefined, name: string): string | undefined {
  if (value === undefined || typeof value === 'string') return value;
  throw invalid(`Invalid string: ${JSON.stringify(value)}`, name);
}

export function readInteger(value: FormValue | undefined, name: string): number | undefined {
  const text = readText(value, name);
  if (text === undefined) return undefined;
  if (!/^-?\d{1,15}$/.test(text)) throw invalid(`Invalid integer: ${text}`, name, 'parameter_invalid_integer');
  return Number(text);
}

export function readBoolean(value: FormValue | undefined, name: string): boolean | undefined {
  const text = readText(value, name);
  if (text === undefined) return undefined;
  if (text !== 'true' && text !== 'false') throw invalid(`Invalid boolean: ${text}`, name);
  return text === 'true';
}

export function readOneOf<const Choice extends string>(
  value: FormValue | undefined,
  name: string,
  choices: readonly Choice[],
): Choice | undefined {
  const text = readText(value, name);
  if (text === undefined) return undefined;
  const choice = choices.find((candidate) => candidate === text);
  if (choice === undefined) throw invalid(`Invalid ${name}: must be one of ${orList(choices)}`, name);
  return choice;
}

function orList(choices: readonly string[]): string {
  return choices.length < 2 ? choices.join('') : `${choices.slice(0, -1).join(', ')}, or ${choices.at(-1)}`;
}

/** `ids[]=a&ids[]=b` */
export function readTexts(value: FormValue | undefined, name: string): string[] | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) throw invalid('Invalid array', name);
  return value.map((item) => readText(item, name) ?? '');
}

/** `address[city]=Graz` */
export function readParts(value: FormValue | undefined, name: string): Form | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string' || Array.isArray(value)) throw invalid('Invalid object', name);
  return value;
}

const MAX_KEYS = 50;
const MAX_KEY_LENGTH = 40;
const MAX_VALUE_LENGTH = 500;

/** Keys not named stay, an empty value removes its key, and an empty text instead of keys removes them all. */
export function readMetadata(value: FormValue | undefined, old: Record<string, string>): Record<string, string> {
  if (value === undefined) return old;
  if (value === '') return {};
  const merged = new Map(Object.entries(old));
  for (const [key, item] of Object.entries(readParts(value, 'metadata') ?? {})) {
    const text = readText(item, `metadata[${key}]`) ?? '';
    if (key.length > MAX_KEY_LENGTH)
      throw invalid(`Metadata keys can be at most ${MAX_KEY_LENGTH} characters. ${key} is too long.`, 'metadata');
    if (text.length > MAX_VALUE_LENGTH) {
      throw invalid(
        `Metadata values can have up to ${MAX_VALUE_LENGTH} characters, but you passed in a value that is ${text.length} characters.`,
        'metadata',
      );
    }
    if (text === '') merged.delete(key);
    else merged.set(key, text);
  }
  if (merged.size > MAX_KEYS) throw invalid(`Metadata can have up to ${MAX_KEYS} keys.`, 'metadata');
  return Object.fromEntries(merged);
}
