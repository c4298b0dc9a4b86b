/**
 * `POST /webhooks/:vendor`: bounds, body, answer; what is between stands in `intake.ts`. A 200 means that the events are on
 * stable storage. Whatever fails on our side is 503, never 4xx: some vendors retry no 4xx.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { VendorName } from '../config/vendor-name.ts';
import type { EventLog } from '../events/log.ts';
import type { Logger } from '../observe/log.ts';
import { type AddressList, createAddressList, senderOf } from './address-list.ts';
import type { WebhookCounters } from './counters.ts';
import { Intake } from './intake.ts';
import { type Outcome, type Result, STATUS } from './outcome.ts';
import { ByteBudget, type RawBodyFault, readRawBody } from './raw-body.ts';
import type { ResolvedWebhook } from './resolved-webhook.ts';
import { headerOf } from './scheme.ts';
import { SeldomLog } from './seldom-log.ts';

export const WEBHOOK_PATH = '/webhooks/';

export interface WebhookReceiverOptions {
  vendors: ReadonlyMap<VendorName, ResolvedWebhook>;
  /** Vendors whose webhooks cannot be verified yet, e.g. for want of a secret: 503, so that they try again. @default none */
  unready?: ReadonlySet<VendorName>;
  log: Pick<EventLog, 'append'>;
  /** Where vendors reach the gateway, without a slash at its end. HubSpot signs it. */
  publicUrl(): string;
  logger: Logger;
  counters: WebhookCounters;
  /** Sent with every answer. @default none */
  answerHeaders?: Readonly<Record<string, string>>;
  /** Addresses and ranges whose X-Forwarded-For counts. @default none */
  trustedProxies?: readonly string[];
  /** Bodies in flight, bytes. @default 64 MiB */
  mostBytes?: number;
  /** Deliveries that wait for a commit. @default 2_000 */
  mostWaiting?: number;
  /** From the request's head to the last byte of its body. @default 10_000 */
  readTimeoutMs?: number;
  /** @default Date.now */
  now?: () => number;
}

export interface WebhookReceiver {
  /** Answers whatever comes; resolves when it did. Rejects never. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Takes nothing new from now on (503) and resolves when all that was in flight is answered. */
  drain(): Promise<void>;
}

/** Below 60 s: Zendesk waits no longer. */
const RETRY_AFTER_SECONDS = 5;
const MOST_RETRY_AFTER_SECONDS = 55;

const BODY_FAULTS = {
  too_large: 'too_large',
  too_slow: 'unavailable',
  budget_used_up: 'unavailable',
  left: 'left',
} satisfies Record<RawBodyFault, Result>;

export function createWebhookReceiver(options: WebhookReceiverOptions): WebhookReceiver {
  const reception = new Reception(options);
  return {
    handle: (request, response) => reception.handle(request, response),
    drain: () => reception.drain(),
  };
}

class Reception {
  readonly #options: WebhookReceiverOptions;
  readonly #now: () => number;
  readonly #budget: ByteBudget;
  readonly #seldom: SeldomLog;
  readonly #intake: Intake;
  readonly #isTrusted: AddressList;
  readonly #drained = Promise.withResolvers<void>();
  #isDraining = false;
  #inFlight = 0;

  constructor(options: WebhookReceiverOptions) {
    const { log, counters, logger, now = Date.now, mostBytes = 64 * 1_024 * 1_024, mostWaiting = 2_000 } = options;
    this.#options = options;
    this.#now = now;
    this.#budget = new ByteBudget(mostBytes);
    this.#seldom = new SeldomLog(logger, now);
    this.#intake = new Intake({ log, counters, seldom: this.#seldom, mostWaiting });
    this.#isTrusted = createAddressList(options.trustedProxies ?? []);
  }

  drain(): Promise<void> {
    this.#isDraining = true;
    if (this.#inFlight === 0) this.#drained.resolve();
    return this.#drained.promise;
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const name = vendorNameOf(request.url ?? '');
    const webhook = this.#options.vendors.get(name);
    if (webhook === undefined) return this.#refuseUnknown(name, response);
    this.#inFlight += 1;
    try {
      await this.#receive(webhook, request, response);
    } catch (error) {
      // A fault in our own code, of which the vendor learns nothing but to try again. A message could quote the body.
      const fault = error instanceof Error ? error.name : typeof error;
      this.#seldom.warn({ vendor: webhook.vendor, reason: fault }, 'the receiver failed');
      this.#end(response, webhook.vendor, { result: 'unavailable' }, 0);
    } finally {
      this.#inFlight -= 1;
      if (this.#isDraining && this.#inFlight === 0) this.#drained.resolve();
    }
  }

  async #receive(webhook: ResolvedWebhook, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { vendor, maxBytes } = webhook;
    const receipt = { sender: this.#senderOf(request), at: this.#now() };
    const early = this.#refuseEarly(webhook, request, receipt.sender);
    if (early !== undefined) return this.#end(response, vendor, early, 0);
    const timeoutMs = this.#options.readTimeoutMs ?? 10_000;
    const raw = await readRawBody(request, { maxBytes, timeoutMs, budget: this.#budget });
    if (typeof raw === 'string') return this.#breakOff(request, response, vendor, raw);
    // Asked now: the store may take the bytes away, to another thread.
    const bytes = raw.length;
    try {
      const { method = '', url = '', headers } = request;
      const signed = { method, url: `${this.#options.publicUrl()}${url}`, headers, raw };
      this.#end(response, vendor, await this.#intake.take(webhook, signed, receipt), bytes);
    } finally {
      this.#budget.give(bytes);
    }
  }

  #refuseEarly({ mayCome }: ResolvedWebhook, { method }: IncomingMessage, sender: string): Outcome | undefined {
    if (method !== 'POST') return { result: 'not_post' };
    if (this.#isDraining) return { result: 'unavailable', reason: 'draining' };
    return mayCome?.(sender) === false ? { result: 'forbidden', reason: 'address' } : undefined;
  }

  #refuseUnknown(name: string, response: ServerResponse): void {
    if (this.#options.unready?.has(name) !== true) this.#end(response, 'unknown', { result: 'unknown_vendor' }, 0);
    else this.#end(response, name, { result: 'unavailable', reason: 'not_configured' }, 0);
  }

  /** What is still to come of the body is not waited for: the connection ends with the answer. */
  #breakOff(request: IncomingMessage, response: ServerResponse, vendor: VendorName, fault: RawBodyFault): void {
    if (fault === 'too_large') {
      const declared = Number(request.headers['content-length']) || undefined;
      this.#seldom.warn({ vendor, reason: fault, declaredBytes: declared }, 'a delivery was too large');
    }
    response.setHeader('connection', 'close');
    this.#end(response, vendor, { result: BODY_FAULTS[fault], reason: fault }, 0);
  }

  #senderOf({ socket, headers }: IncomingMessage): string {
    return senderOf(socket.remoteAddress ?? '', headerOf(headers, 'x-forwarded-for'), this.#isTrusted);
  }

  #end(response: ServerResponse, vendor: VendorName, outcome: Outcome, bytes: number): void {
    const { result, reason } = outcome;
    this.#options.counters.delivery(vendor, result, bytes);
    if (reason !== undefined) this.#options.counters.refused(vendor, reason);
    // The sender may be gone; then Node writes nowhere.
    if (!response.headersSent) response.writeHead(STATUS[result], this.#headersOf(outcome));
    response.end(outcome.handshake?.body);
  }

  #headersOf({ result, handshake, retryAfterMs }: Outcome): Record<string, string | number> {
    const body = handshake?.body ?? '';
    const headers: Record<string, string | number> = {
      ...this.#options.answerHeaders,
      'content-length': Buffer.byteLength(body),
    };
    if (body !== '') headers['content-type'] = `${handshake?.type}; charset=utf-8`;
    if (STATUS[result] === 405) headers['allow'] = 'POST';
    if (STATUS[result] === 503) headers['retry-after'] = retryAfterSeconds(retryAfterMs);
    return headers;
  }
}

function retryAfterSeconds(waitMs: number | undefined): number {
  if (waitMs === undefined) return RETRY_AFTER_SECONDS;
  return Math.min(MOST_RETRY_AFTER_SECONDS, Math.max(1, Math.ceil(waitMs / 1_000)));
}

/** Exactly one name behind the path; a query does not matter. */
function vendorNameOf(url: string): string {
  const [path = ''] = url.split('?', 1);
  return path.startsWith(WEBHOOK_PATH) ? path.slice(WEBHOOK_PATH.length) : '';
}
