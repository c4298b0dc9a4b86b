/** Deliveries for tests of the event log, as a receiver would make them: every field is there and may be replaced. */
import { createHash, randomUUID } from 'node:crypto';
import type { DedupeKey, Delivery, NewDeadLetter, NewEvent } from '../../src/events/delivery.ts';

/** When these deliveries arrive, unless told otherwise. */
export const NOW = Date.UTC(2026, 0, 15);
export const DAY = 86_400_000;

export type DeliverySketch = Partial<Omit<Delivery, 'events' | 'raw'>> & {
  events?: readonly NewEvent[];
  raw?: Uint8Array | string;
};

/** One delivery of Stripe; without `events`, of one event. */
export function deliveryOf({ events, raw, ...more }: DeliverySketch = {}): Delivery {
  const held = events ?? [newEvent()];
  const bodies = held.map(({ body }) => body);
  return {
    id: randomUUID(),
    vendor: 'stripe',
    receivedAt: NOW,
    headers: { 'content-type': 'application/json' },
    raw: bytesOf(raw ?? (bodies.length === 1 ? (bodies[0] ?? '') : `[${bodies.join(',')}]`)),
    verifiedBy: 'main',
    events: held,
    deadLetters: [],
    ...more,
  };
}

/** One delivery of so many events, `<prefix>-0`, `<prefix>-1`, … */
export function batchOf(prefix: string, count: number, more: DeliverySketch = {}): Delivery {
  const events = Array.from({ length: count }, (_, ix) => newEvent({ ix, eventId: `${prefix}-${ix}` }));
  return deliveryOf({ events, ...more });
}

/** Its body names its id; its only dedupe key is its id, kept for a week. */
export function newEvent(more: Partial<NewEvent> = {}): NewEvent {
  const eventId = more.eventId ?? `evt_${randomUUID()}`;
  const body = more.body ?? JSON.stringify({ id: eventId });
  return {
    ix: 0,
    type: 'invoice.paid',
    eventId,
    dedupeKeys: [dedupeKey(eventId)],
    bodySha256: sha256(body),
    body,
    unsigned: [],
    ...more,
  };
}

export function dedupeKey(key: string, more: Partial<DedupeKey> = {}): DedupeKey {
  return { key, isBodyHash: false, expiresAt: NOW + 7 * DAY, ...more };
}

export function deadLetter(more: Partial<NewDeadLetter> = {}): NewDeadLetter {
  return { ix: null, reason: 'unreadable', detail: 'not JSON', ...more };
}

export function sha256(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('hex');
}

const bytesOf = (raw: Uint8Array | string): Uint8Array =>
  typeof raw === 'string' ? new TextEncoder().encode(raw) : raw;
