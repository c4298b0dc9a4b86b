/**
 * The events in a verified body, or why there are none. An authentic body that cannot be read would fail for ever, so it is no
 * error here: it becomes a dead letter, for the whole or for the one element at fault.
 */
import { isUtf8 } from 'node:buffer';
import type { DeadLetterReason } from '../events/delivery.ts';
import { parseJsonPath } from '../rest/json-path.ts';
import { elementsOf, nestingOf } from './json-scan.ts';

/** Brackets open at once; vendors stay below ten. */
const MOST_NESTING = 64;
/** HubSpot sends 100 at most. */
const MOST_ELEMENTS = 10_000;

export type BodyElement =
  | { ix: number; text: string; value: unknown }
  /** `ix` is null when it is about the body as a whole. */
  | { ix: number | null; reason: DeadLetterReason; detail: string };

export interface BodyReading {
  bodyFormat: 'json' | 'form';
  /** Dotted path of the array, `$` for the body itself; undefined: the body is one event. */
  elements?: string | undefined;
}

/** Empty for an empty array. Throws nothing. */
export function readElements(raw: Buffer, { bodyFormat, elements }: BodyReading): BodyElement[] {
  if (!isUtf8(raw)) return [whole('unreadable', 'The body is not UTF-8.')];
  const decoded = raw.toString('utf8');
  const text = decoded.charCodeAt(0) === 0xfeff ? decoded.slice(1) : decoded;
  if (bodyFormat === 'form') return [formElement(text)];
  if (elements === undefined) return [wholeBody(text)];
  const texts = elementsOf(text, elements === '$' ? [] : parseJsonPath(elements), MOST_ELEMENTS);
  if (texts === 'too_many') return [whole('unreadable', `The body holds more than ${MOST_ELEMENTS} elements.`)];
  // Some vendors send one event without its array. Anything else is kept for an operator.
  if (texts === undefined) return [elements === '$' && text.trimStart().startsWith('{') ? wholeBody(text) : noArray()];
  return texts.map((element, ix) => jsonElement(element, ix));
}

function wholeBody(text: string): BodyElement {
  const element = jsonElement(text, 0);
  return 'reason' in element ? { ...element, ix: null } : element;
}

function jsonElement(text: string, ix: number): BodyElement {
  if (nestingOf(text) > MOST_NESTING) return { ix, reason: 'too_deep', detail: `Nested deeper than ${MOST_NESTING}.` };
  try {
    return { ix, text, value: JSON.parse(text) };
  } catch {
    // V8's message quotes the text.
    return { ix, reason: 'unreadable', detail: 'This is not JSON.' };
  }
}

/** Names stay as they are; a value that is JSON itself, as in `payload={…}`, is read as such; a repeated name makes a list. */
function formElement(text: string): BodyElement {
  const fields = new URLSearchParams(text);
  const names = [...new Set(fields.keys())];
  if (names.length === 0) return whole('unreadable', 'The form holds no field.');
  const value = Object.fromEntries(
    names.map((name) => {
      const values = fields.getAll(name).map(formValue);
      return [name, values.length === 1 ? values[0] : values];
    }),
  );
  return { ix: 0, text: JSON.stringify(value), value };
}

function formValue(text: string): unknown {
  if (!/^[[{]/.test(text)) return text;
  const element = jsonElement(text, 0);
  return 'reason' in element ? text : element.value;
}

function noArray(): BodyElement {
  return whole('unreadable', 'The body holds no array of events that ends.');
}

function whole(reason: DeadLetterReason, detail: string): BodyElement {
  return { ix: null, reason, detail };
}
