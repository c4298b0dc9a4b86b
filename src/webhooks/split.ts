/**
 * A verified body as events of the log. Depends on nothing but the body and the headers kept with it, so that a dead letter can
 * be split anew years later.
 */
import { hash } from 'node:crypto';
import type { NewDeadLetter, NewEvent } from '../events/delivery.ts';
import { isObject, type JsonPath, readJsonPath } from '../rest/json-path.ts';
import { type BodyElement, readElements } from './body-elements.ts';
import { identityOf, isPlain } from './dedupe-keys.ts';
import type { KeptDelivery } from './kept-delivery.ts';
import type { EventReading } from './resolved-webhook.ts';
import { readIso } from './timestamp.ts';

const MOST_TYPE_CHARACTERS = 200;
/** What a `Date` can hold. */
const MOST_MS = 8_640_000_000_000_000;

export interface Split {
  events: NewEvent[];
  deadLetters: NewDeadLetter[];
}

type ReadElement = Extract<BodyElement, { value: unknown }>;

/** Throws nothing: what cannot be read is a dead letter. For a redrive, give what the log stored. */
export function splitDelivery(reading: EventReading, delivery: KeptDelivery): Split {
  return splitElements(reading, readElements(delivery.raw, reading), delivery);
}

/** As `splitDelivery`, of a body that was read already. */
export function splitElements(reading: EventReading, elements: readonly BodyElement[], delivery: KeptDelivery): Split {
  const split: Split = { events: [], deadLetters: [] };
  const isElement = reading.elements !== undefined;
  for (const element of elements) {
    if ('reason' in element) {
      const { ix, reason, detail } = element;
      split.deadLetters.push({ ix, reason, detail });
      continue;
    }
    const type = typeOf(reading, element.value, delivery.headers);
    if (type === undefined) {
      const ix = isElement ? element.ix : null;
      split.deadLetters.push({ ix, reason: 'no_type', detail: 'Nothing where the event should say its type.' });
    } else split.events.push(eventOf(reading, element, type, delivery));
  }
  return split;
}

interface FoundType {
  type: string;
  isUnsigned: boolean;
}

function eventOf(reading: EventReading, element: ReadElement, type: FoundType, delivery: KeptDelivery): NewEvent {
  const isElement = reading.elements !== undefined;
  const bodySha256 = hash('sha256', stableText(element, reading.volatile));
  const { ix, value, text } = element;
  const identity = identityOf(reading, { ix, value, bodySha256, isElement }, delivery);
  return {
    ix,
    type: type.type,
    eventId: identity.eventId,
    dedupeKeys: identity.dedupeKeys,
    bodySha256,
    vendorTime: timeOf(reading, value),
    body: text,
    unsigned: [...(type.isUnsigned ? ['type'] : []), ...(identity.isUnsigned ? ['id'] : [])],
  };
}

/** The body's word first, whatever the order of the setting. */
function typeOf(
  { typePaths, typeHeaders }: EventReading,
  value: unknown,
  headers: Readonly<Record<string, string>>,
): FoundType | undefined {
  if (!isObject(value)) return undefined;
  const told = typePaths.map((path) => readJsonPath(value, path)).find(isType);
  if (told !== undefined) return { type: told, isUnsigned: false };
  const written = typeHeaders.map((name) => headers[name]).find(isType);
  return written === undefined ? undefined : { type: written, isUnsigned: true };
}

function isType(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MOST_TYPE_CHARACTERS && isPlain(value);
}

/** The element without what differs between two tries of the same event. */
function stableText({ text, value }: ReadElement, volatile: readonly JsonPath[]): string {
  const present = volatile.filter((path) => readJsonPath(value, path) !== undefined);
  return present.length === 0 ? text : JSON.stringify(present.reduce(without, value));
}

function without(value: unknown, [key, ...rest]: JsonPath): unknown {
  if (key === undefined || !isObject(value)) return value;
  const entries = Object.entries(value);
  if (rest.length === 0) return Object.fromEntries(entries.filter(([name]) => name !== key));
  return Object.fromEntries(entries.map(([name, member]) => [name, name === key ? without(member, rest) : member]));
}

/** Undefined when there is none or it makes no sense: no reason to refuse the event. */
function timeOf({ time }: EventReading, value: unknown): number | undefined {
  if (time === undefined) return undefined;
  const told = readJsonPath(value, time.path);
  if (time.unit === 'iso') return typeof told === 'string' ? readIso(told) : undefined;
  const count = typeof told === 'string' && /^\d{1,15}(\.\d{1,9})?$/.test(told) ? Number(told) : told;
  if (typeof count !== 'number') return undefined;
  const at = Math.round(time.unit === 's' ? count * 1_000 : count);
  return Math.abs(at) <= MOST_MS ? at : undefined;
}
