/** What each event type does to the account: a real change, after which reads show what the event tells. */

import { newCharge } from './sandbox-charges.ts';
import { newCustomer } from './sandbox-customers.ts';
import { finalized, newInvoice, paid } from './sandbox-invoices.ts';
import type { Charge, Customer, Invoice, StripeObject, Subscription } from './sandbox-objects.ts';
import type { StripeState } from './sandbox-state.ts';
import { newSubscription } from './sandbox-subscriptions.ts';
import { refundCharge } from './sandbox-writes.ts';

export const EVENT_TYPES = [
  'customer.created',
  'customer.updated',
  'customer.deleted',
  'customer.subscription.created',
  'customer.subscription.updated',
  'customer.subscription.deleted',
  'invoice.created',
  'invoice.finalized',
  'invoice.paid',
  'invoice.payment_failed',
  'charge.refunded',
] as const;

export type EventType = (typeof EVENT_TYPES)[number];

export interface Change {
  object: StripeObject;
  /** The changed fields as they were; only events about a change of the object carry it. */
  previous?: Record<string, unknown>;
}

export const CHANGES: Record<EventType, (state: StripeState) => Change> = {
  'customer.created': (state) => ({ object: addCustomer(state) }),
  'customer.updated': updateCustomer,
  'customer.deleted': deleteCustomer,
  'customer.subscription.created': (state) => ({ object: addSubscription(state) }),
  'customer.subscription.updated': updateSubscription,
  'customer.subscription.deleted': (state) => ({ object: cancelSubscription(state) }),
  'invoice.created': (state) => ({ object: addInvoice(state) }),
  'invoice.finalized': (state) => ({ object: finalizeInvoice(state) }),
  'invoice.paid': (state) => ({ object: payInvoice(state) }),
  'invoice.payment_failed': (state) => ({ object: failInvoice(state) }),
  'charge.refunded': refund,
};

const FIRST_NAMES = ['Alma', 'Bruno', 'Chiara', 'Dag', 'Esther', 'Farid', 'Greta', 'Hugo'];
const FIRMS = ['Kestrel Freight', 'Lumen Dairy', 'Tern Optics', 'Quarry & Sons', 'Peregrine Mills', 'Osprey Tiles'];

/** A firm that is new to all systems. The number in its domain keeps it apart from others of the name. */
function addCustomer(state: StripeState): Customer {
  const company = pick(state, FIRMS);
  const domain = `${company.toLowerCase().replaceAll(/[^a-z]+/g, '')}-${Math.floor(state.random() * 1e6)}.com`;
  return state.customers.add({
    ...newCustomer(state.newId('cus', 14), state.now()),
    name: company,
    email: `${pick(state, FIRST_NAMES).toLowerCase()}@${domain}`,
    metadata: { domain, company },
  });
}

function updateCustomer(state: StripeState): Change {
  const old = pick(state, state.customers.all());
  const digits = String(1_000_000 + Math.floor(state.random() * 9_000_000));
  const phone = `+1 555 ${digits.slice(0, 3)} ${digits.slice(3)}`;
  return changeOf(old, state.customers.change(old.id, { phone }));
}

/** Takes a customer nothing was ever billed to, so that no invoice or subscription loses its owner. */
function deleteCustomer(state: StripeState): Change {
  const billed = new Set<string | null>(
    [...state.invoices.all(), ...state.subscriptions.all(), ...state.charges.all()].map(({ customer }) => customer),
  );
  const customer = state.customers.all().find(({ id }) => !billed.has(id)) ?? addCustomer(state);
  state.customers.remove(customer.id);
  return { object: customer };
}

function addSubscription(state: StripeState): Subscription {
  return state.subscriptions.add(
    newSubscription({
      id: state.newId('sub'),
      customer: pick(state, state.customers.all()).id,
      price: pick(state, state.prices.all()),
      quantity: 1 + Math.floor(state.random() * 20),
      created: state.now(),
    }),
  );
}

/** One seat more. */
function updateSubscription(state: StripeState): Change {
  const old = pickSubscription(state);
  const data = old.items.data.map((item) => ({ ...item, quantity: item.quantity + 1 }));
  return changeOf(old, state.subscriptions.change(old.id, { items: { ...old.items, data } }));
}

function cancelSubscription(state: StripeState): Subscription {
  const at = state.now();
  return state.subscriptions.change(pickSubscription(state).id, {
    status: 'canceled',
    canceled_at: at,
    ended_at: at,
    cancellation_details: { comment: null, feedback: 'unused', reason: 'cancellation_requested' },
  });
}

function pickSubscription(state: StripeState): Subscription {
  const active = state.subscriptions.all().filter(({ status }) => status === 'active');
  return active.length === 0 ? addSubscription(state) : pick(state, active);
}

/** The next bill of an active subscription. */
function addInvoice(state: StripeState): Invoice {
  const subscription = pickSubscription(state);
  const customer = customerOf(state, subscription.customer);
  const [item] = subscription.items.data;
  if (item === undefined) throw new TypeError(`Subscription ${subscription.id} has no item.`);
  const invoice = newInvoice({
    id: state.newId('in'),
    customer,
    subscription: subscription.id,
    price: item.price,
    quantity: item.quantity,
    amount: item.price.unit_amount * item.quantity,
    created: state.now(),
    accountName: state.accountName,
  });
  state.subscriptions.change(subscription.id, { latest_invoice: invoice.id });
  return state.invoices.add(invoice);
}

function finalizeInvoice(state: StripeState): Invoice {
  const draft = state.invoices.all().find(({ status }) => status === 'draft') ?? addInvoice(state);
  const { id, invoice_prefix: prefix, next_invoice_sequence: sequence } = customerOf(state, draft.customer);
  state.customers.change(id, { next_invoice_sequence: sequence + 1 });
  const number = `${prefix}-${String(sequence).padStart(4, '0')}`;
  return state.invoices.change(draft.id, finalized(draft, number, state.now()));
}

function payInvoice(state: StripeState): Invoice {
  const invoice = pickOpenInvoice(state);
  return state.invoices.change(invoice.id, paid(invoice, charge(state, invoice, null).id, state.now()));
}

function failInvoice(state: StripeState): Invoice {
  const invoice = pickOpenInvoice(state);
  return state.invoices.change(invoice.id, {
    attempted: true,
    attempt_count: invoice.attempt_count + 1,
    charge: charge(state, invoice, 'Your card has insufficient funds.').id,
    next_payment_attempt: state.now() + 3 * 86_400,
  });
}

function pickOpenInvoice(state: StripeState): Invoice {
  const open = state.invoices.all().filter(({ status }) => status === 'open');
  return open.length === 0 ? finalizeInvoice(state) : pick(state, open);
}

function charge(state: StripeState, invoice: Invoice, failureMessage: string | null): Charge {
  return state.charges.add(
    newCharge({
      id: state.newId('ch'),
      customer: customerOf(state, invoice.customer),
      invoice: invoice.id,
      amount: invoice.amount_due,
      currency: invoice.currency,
      failureMessage,
      created: state.now(),
    }),
  );
}

/** Half of a charge, or what is left when it is not worth halving. */
function refund(state: StripeState): Change {
  const refundable = state.charges
    .all()
    .filter(({ status, amount, amount_refunded }) => status === 'succeeded' && amount > amount_refunded);
  const old = refundable.length === 0 ? chargeOfNewPayment(state) : pick(state, refundable);
  const half = Math.floor((old.amount - old.amount_refunded) / 2);
  const wish = { amount: half === 0 ? undefined : half, reason: 'requested_by_customer', metadata: {} };
  return changeOf(old, refundCharge(state, old, wish).charge);
}

/** An unchanged field is the same value in both versions, for nothing is changed in place. */
function changeOf(old: StripeObject, object: StripeObject): Change {
  const changed = Object.entries(old).filter(([name, value]) => object[name] !== value);
  return { object, previous: Object.fromEntries(changed) };
}

function chargeOfNewPayment(state: StripeState): Charge {
  return charge(state, payInvoice(state), null);
}

function customerOf({ customers }: StripeState, id: string): Customer {
  const customer = customers.get(id);
  if (customer === undefined) throw new TypeError(`There is no customer ${id}.`);
  return customer;
}

function pick<T>({ random }: StripeState, list: readonly T[]): T {
  const item = list[Math.floor(random() * list.length)];
  if (item === undefined) throw new RangeError('Nothing to pick from.');
  return item;
}
