/**
 * What the emulated account holds, in the shape of API version 2023-08-16. Only the fields our own rules read are typed;
 * the others are there for the answers. Objects are never changed in place, so an older version stays what it was.
 */
export interface StripeObject {
  id: string;
  object: string;
  /** Seconds since the epoch, as all times here. */
  created: number;
  metadata: Record<string, string>;
  [field: string]: unknown;
}

export interface Address {
  line1: string | null;
  line2: string | null;
  postal_code: string | null;
  city: string | null;
  state: string | null;
  country: string | null;
}

export interface Customer extends StripeObject {
  name: string | null;
  email: string | null;
  phone: string | null;
  address: Address | null;
  invoice_prefix: string;
  next_invoice_sequence: number;
}

export interface Product extends StripeObject {
  name: string;
  active: boolean;
}

export interface Price extends StripeObject {
  product: string;
  currency: string;
  /** Minor units, as all amounts here. */
  unit_amount: number;
  recurring: { interval: 'day' | 'week' | 'month' | 'year'; interval_count: number };
}

export interface SubscriptionItem extends StripeObject {
  price: Price;
  quantity: number;
  subscription: string;
}

export interface Subscription extends StripeObject {
  customer: string;
  status: 'active' | 'trialing' | 'past_due' | 'canceled' | 'unpaid';
  items: List<SubscriptionItem>;
  current_period_start: number;
  current_period_end: number;
  canceled_at: number | null;
  ended_at: number | null;
  latest_invoice: string | null;
}

export interface Invoice extends StripeObject {
  customer: string;
  subscription: string | null;
  status: 'draft' | 'open' | 'paid' | 'uncollectible' | 'void';
  number: string | null;
  currency: string;
  amount_due: number;
  attempt_count: number;
  charge: string | null;
  payment_intent: string | null;
  due_date: number | null;
  status_transitions: Record<'finalized_at' | 'marked_uncollectible_at' | 'paid_at' | 'voided_at', number | null>;
}

export interface Charge extends StripeObject {
  customer: string | null;
  invoice: string | null;
  payment_intent: string | null;
  status: 'succeeded' | 'failed' | 'pending';
  amount: number;
  amount_refunded: number;
  refunded: boolean;
  currency: string;
}

export interface Refund extends StripeObject {
  amount: number;
  currency: string;
  charge: string;
  payment_intent: string | null;
}

export interface List<Item> {
  object: 'list';
  data: Item[];
  has_more: boolean;
  url: string;
}

/** A list inside an object, complete. */
export function listOf<Item>(url: string, data: Item[]): List<Item> {
  return { object: 'list', data, has_more: false, url };
}

/** `cus_Nk3…` → `Nk3…`: what ids made up beside a known one are built from, so that they are the same in every run. */
export function idTail(id: string): string {
  return id.slice(id.indexOf('_') + 1);
}

export function toSeconds(instant: string): number {
  return Math.floor(Date.parse(instant) / 1000);
}

const PERIOD_SECONDS = { day: 86_400, week: 7 * 86_400, month: 30 * 86_400, year: 365 * 86_400 };

/** How long a period of a price lasts, every month with 30 days. */
export function periodSeconds({ recurring }: Price): number {
  return PERIOD_SECONDS[recurring.interval] * recurring.interval_count;
}
