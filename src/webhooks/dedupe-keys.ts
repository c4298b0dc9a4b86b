/**
 * What an event is known by when it comes again. An id counts for itself when it was signed; otherwise the bytes count, and an
 * id of a header is only a second key: the same bytes under a fresh id are no new event.
 */
import { hash } from 'node:crypto';
import type { DedupeKey } from '../events/delivery.ts';
import { readJsonPath } from '../rest/json-path.ts';
import type { KeptDelivery } from './kept-delivery.ts';
import type { EventReading } from './resolved-webhook.ts';

/** Behind the end of a secret: the clocks of several gateways differ, and an end may be put off. */
const GRACE_MS = 86_400_000;
const MOST_CHARACTERS = 200;

export interface EventIdentity {
  eventId: string;
  dedupeKeys: DedupeKey[];
  /** The id was taken from a header nobody signed. */
  isUnsigned: boolean;
}

export interface IdentifiedElement {
  ix: number;
  value: unknown;
  /** Hexadecimal. */
  bodySha256: string;
  /** Of a delivery with several. */
  isElement: boolean;
}

export function identityOf(
  reading: EventReading,
  element: IdentifiedElement,
  { headers, receivedAt, secret }: Pick<KeptDelivery, 'headers' | 'receivedAt' | 'secret'>,
): EventIdentity {
  const signed = lifeOf(reading, receivedAt, secret);
  const id = signedId(reading, element, headers);
  if (id !== undefined) {
    const key = { key: `id:${id}`, isBodyHash: false, ...signed };
    return { eventId: id, dedupeKeys: [key], isUnsigned: false };
  }
  const { bodySha256 } = element;
  const body = { key: `body:${bodySha256}`, isBodyHash: true, ...signed };
  const header = reading.idHeader === undefined ? undefined : tidy(headers[reading.idHeader]);
  if (header === undefined || element.isElement) {
    return { eventId: `sha256:${bodySha256}`, dedupeKeys: [body], isUnsigned: false };
  }
  const second = { key: `header:${header}`, isBodyHash: false, expiresAt: receivedAt + reading.dedupeMs };
  return { eventId: header, dedupeKeys: [body, second], isUnsigned: true };
}

/** Without a signed time a captured body verifies until its secret is retired. */
function lifeOf(
  { scheme, dedupeMs }: EventReading,
  receivedAt: number,
  secret: KeptDelivery['secret'],
): Pick<DedupeKey, 'expiresAt' | 'secret'> {
  const expiresAt = receivedAt + dedupeMs;
  if (scheme.timestampUnit !== undefined || secret === undefined) return { expiresAt };
  if (!Number.isFinite(secret.notAfter)) return { expiresAt, secret: secret.id };
  return { expiresAt: Math.max(expiresAt, secret.notAfter + GRACE_MS) };
}

function signedId(
  { idPaths, scheme }: EventReading,
  { ix, value, isElement }: IdentifiedElement,
  headers: Readonly<Record<string, string>>,
): string | undefined {
  const parts = idPaths.map((path) => tidy(readJsonPath(value, path)));
  if (parts.length === 1 && parts[0] !== undefined) return parts[0];
  if (parts.length > 1 && parts.every((part) => part !== undefined)) return parts.map(encodeURIComponent).join(':');
  const id = scheme.signedIdHeader === undefined ? undefined : tidy(headers[scheme.signedIdHeader]);
  return id !== undefined && isElement ? `${id}:${ix}` : id;
}

/** As text a store can hold. A number beyond 2^53 stands for several and is none; what is long or odd is known by its hash. */
function tidy(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : undefined;
  if (typeof value !== 'string' || value === '') return undefined;
  return value.length <= MOST_CHARACTERS && isPlain(value) ? value : `sha256:${hash('sha256', value)}`;
}

/** No control characters, no halves of a character. */
export function isPlain(text: string): boolean {
  return text.isWellFormed() && !/\p{Cc}/u.test(text);
}
