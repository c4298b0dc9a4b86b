/**
 * Webhooks of about 1 KiB, signed as Stripe and as Resend (Standard Webhooks, by its Svix headers) sign them. Each carries a
 * mark: which run, which number, and when it was due. A subscriber finds it in its answer, so that nothing else has to be
 * compared to know what came and how long it took.
 */
import { createHmac } from 'node:crypto';

/** What the gateway verifies with; made up. */
export const STRIPE_SECRET = 'whsec_of_a_benchmark_that_signs';
const RESEND_KEY = Buffer.from('a benchmark signs with this key!');
export const RESEND_SECRET = `whsec_${RESEND_KEY.toString('base64')}`;

/** Finds the mark of each kind of event; asks no vendor. */
export const SELECTION = `id cursor type occurredAt receivedAt
  ... on StripeInvoiceEvent { changedFields }
  ... on ResendEmailEvent { clickedLink }`;

/** Every so many deliveries one of Resend's. */
const RESEND_EVERY = 10;
const BYTES = 1_024;
const MARK = /mark_(\w+)_(\d+)_(\d+)_/;

export interface Mark {
  run: string;
  number: number;
  /** By the clock of `nowMs`. */
  dueMs: number;
}

export interface SignedDelivery {
  /** Of the receiver. */
  path: string;
  headers: Record<string, string>;
  body: string;
}

/** Milliseconds of a clock that all processes of a machine share. */
export function nowMs(): number {
  return Number(process.hrtime.bigint() / 1_000n) / 1_000;
}

export function signedDelivery(mark: Mark): SignedDelivery {
  const text = `mark_${mark.run}_${mark.number}_${Math.round(mark.dueMs * 1_000)}_`;
  return mark.number % RESEND_EVERY === 0 ? ofResend(text) : ofStripe(text);
}

/** Of an answer, or of a page of them: the first one. */
export function readMark(text: string): Mark | undefined {
  const [, run, number, dueUs] = MARK.exec(text) ?? [];
  return run === undefined ? undefined : { run, number: Number(number), dueMs: Number(dueUs) / 1_000 };
}

function ofStripe(mark: string): SignedDelivery {
  const at = Math.floor(Date.now() / 1_000);
  const invoice = { id: 'in_1PgQ2eCZ6qsJgndJ', object: 'invoice', amount_due: 4_200, currency: 'eur', status: 'open' };
  const body = filled((fill) => ({
    ...{ id: `evt_${mark}`, object: 'event', type: 'invoice.updated', api_version: '2026-10-28', created: at },
    data: { object: { ...invoice, description: fill }, previous_attributes: { [mark]: null } },
  }));
  const signature = createHmac('sha256', STRIPE_SECRET).update(`${at}.${body}`).digest('hex');
  return { path: '/webhooks/stripe', headers: { ...JSON_TYPE, 'stripe-signature': `t=${at},v1=${signature}` }, body };
}

function ofResend(mark: string): SignedDelivery {
  const at = Math.floor(Date.now() / 1_000);
  const body = filled((fill) => ({
    ...{ type: 'email.clicked', created_at: new Date().toISOString() },
    data: {
      email_id: 'ae2014de',
      subject: fill,
      click: { link: `https://example.com/${mark}`, ipAddress: '192.0.2.1' },
    },
  }));
  const id = `msg_${mark}`;
  const signature = createHmac('sha256', RESEND_KEY).update(`${id}.${at}.${body}`).digest('base64');
  const svix = { 'svix-id': id, 'svix-timestamp': String(at), 'svix-signature': `v1,${signature}` };
  return { path: '/webhooks/resend', headers: { ...JSON_TYPE, ...svix }, body };
}

const JSON_TYPE = { 'content-type': 'application/json' };

function filled(bodyWith: (fill: string) => object): string {
  const size = JSON.stringify(bodyWith('')).length;
  return JSON.stringify(bodyWith('x'.repeat(Math.max(0, BYTES - size))));
}
