/** From the bytes of a request to what is stored: verify, answer a handshake, split, commit. Knows no socket. */
import { randomUUID } from 'node:crypto';
import type { Delivery } from '../events/delivery.ts';
import type { Appended, EventLog } from '../events/log.ts';
import { type BodyElement, readElements } from './body-elements.ts';
import type { WebhookCounters } from './counters.ts';
import { keptHeaders } from './kept-headers.ts';
import type { Outcome } from './outcome.ts';
import { VendorRates } from './rate.ts';
import type { ResolvedWebhook } from './resolved-webhook.ts';
import type { Handshake, SignedRequest } from './scheme.ts';
import type { SeldomLog } from './seldom-log.ts';
import { splitElements } from './split.ts';
import { type Verdict, verifyDelivery } from './verify.ts';
import { isRotating, type WebhookSecret } from './webhook-secret.ts';

export interface IntakeOptions {
  log: Pick<EventLog, 'append'>;
  counters: WebhookCounters;
  seldom: SeldomLog;
  /** Deliveries that wait for a commit. */
  mostWaiting: number;
}

export interface Receipt {
  sender: string;
  /** Epoch milliseconds; the signed time is judged by it. */
  at: number;
}

/** What is left of a secret's life when it is said that the vendor still signs with it. */
const NEAR_END_MS = 86_400_000;

export class Intake {
  readonly #options: IntakeOptions;
  readonly #rates = new VendorRates();
  #waiting = 0;

  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  /** Rejects only with faults of the receiver itself. */
  async take(webhook: ResolvedWebhook, request: SignedRequest, receipt: Receipt): Promise<Outcome> {
    const verdict = verifyDelivery(webhook, request, receipt.at);
    if (!verdict.ok) return this.#refuse(webhook, request, receipt, verdict);
    this.#noteSecret(webhook, verdict.secret, receipt.at);
    const elements = readElements(request.raw, webhook);
    const handshake = handshakeOf(webhook, elements);
    if (handshake !== undefined) return { result: 'handshake', handshake };
    if (elements.length === 0) return { result: 'empty' };
    const retryAfterMs = this.#rates.waitMs(webhook.vendor, webhook.rate, receipt.at);
    if (retryAfterMs > 0) return { result: 'unavailable', reason: 'rate', retryAfterMs };
    if (this.#waiting >= this.#options.mostWaiting) return { result: 'unavailable', reason: 'too_many_waiting' };
    return this.#store(deliveryOf(webhook, request, elements, verdict.secret, receipt));
  }

  async #store(delivery: Delivery): Promise<Outcome> {
    this.#waiting += 1;
    try {
      return this.#storedOutcome(delivery, await this.#options.log.append(delivery));
    } catch (error) {
      // Its message may quote a row of the store.
      const { vendor } = delivery;
      const fault = error instanceof Error ? error.name : typeof error;
      this.#options.seldom.warn({ vendor, reason: 'store', fault }, 'a delivery was not stored');
      return { result: 'unavailable', reason: 'store' };
    } finally {
      this.#waiting -= 1;
    }
  }

  #storedOutcome({ id, vendor, deadLetters }: Delivery, { events }: Appended): Outcome {
    const { counters, seldom } = this.#options;
    for (const { reason } of deadLetters) {
      counters.deadLetter(vendor, reason);
      seldom.warn({ vendor, reason, delivery: id }, 'a part of an authentic delivery became a dead letter');
    }
    for (const { outcome } of events) {
      counters.event(vendor, outcome);
      if (outcome !== 'conflict') continue;
      counters.deadLetter(vendor, 'id_conflict');
      seldom.warn({ vendor, reason: 'id_conflict', delivery: id }, 'an event’s id came again with another body');
    }
    if (deadLetters.length > 0 || events.some(({ outcome }) => outcome === 'conflict')) return { result: 'poisoned' };
    return { result: events.some(({ outcome }) => outcome === 'stored') ? 'stored' : 'duplicate' };
  }

  #refuse(
    webhook: ResolvedWebhook,
    request: SignedRequest,
    { at }: Receipt,
    { reason, timestamp }: Extract<Verdict, { ok: false }>,
  ): Outcome {
    const { vendor, scheme, secrets } = webhook;
    if (scheme.isUnsignedProbe?.(request) === true) return { result: 'handshake' };
    const isOurs = reason === 'no_live_secret' || reason === 'secret_unreadable';
    const offBy = timestamp === undefined ? {} : { clockOffBySeconds: Math.round((at - timestamp) / 1_000) };
    const isExpected = reason === 'signature_mismatch' && isRotating(secrets, at);
    const told = isExpected ? 'mismatch_in_rotation' : reason;
    this.#options.seldom.warn({ vendor, reason: told, ...offBy }, 'a delivery was not verified');
    return { result: isOurs || isExpected ? 'unavailable' : 'unauthentic', reason: told };
  }

  #noteSecret({ vendor }: ResolvedWebhook, { id, notAfter }: WebhookSecret, now: number): void {
    this.#options.counters.verifiedBy(vendor, id);
    if (notAfter - now > NEAR_END_MS) return;
    const endsAt = new Date(notAfter).toISOString();
    this.#options.seldom.warn({ vendor, reason: id, endsAt }, 'a vendor still signs with a secret that ends soon');
  }
}

function handshakeOf({ scheme }: ResolvedWebhook, elements: readonly BodyElement[]): Handshake | undefined {
  const [element] = elements;
  return element !== undefined && 'value' in element ? scheme.handshake?.(element.value) : undefined;
}

function deliveryOf(
  webhook: ResolvedWebhook,
  { headers, raw }: SignedRequest,
  elements: readonly BodyElement[],
  secret: WebhookSecret,
  { sender, at }: Receipt,
): Delivery {
  const kept = keptHeaders(webhook, headers);
  return {
    id: randomUUID(),
    vendor: webhook.vendor,
    receivedAt: at,
    headers: kept,
    raw,
    verifiedBy: secret.id,
    remoteIp: sender,
    ...splitElements(webhook, elements, { raw, headers: kept, receivedAt: at, secret }),
  };
}
