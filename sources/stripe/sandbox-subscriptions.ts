/** Subscriptions, made from the world's or started by an event. */
import type { World, WorldSubscription } from '../../src/sandbox/world.ts';
import { idTail, listOf, type Price, periodSeconds, type Subscription, toSeconds } from './sandbox-objects.ts';

export interface SubscriptionOrder {
  id: string;
  customer: string;
  price: Price;
  quantity: number;
  /** Seconds. */
  created: number;
}

/** An active subscription whose first period has just begun. */
export function newSubscription({ id, customer, price, quantity, created }: SubscriptionOrder): Subscription {
  const item = {
    id: `si_${idTail(id)}`,
    object: 'subscription_item',
    billing_thresholds: null,
    created,
    metadata: {},
    price,
    quantity,
    subscription: id,
    tax_rates: [],
  };
  return {
    id,
    object: 'subscription',
    application: null,
    application_fee_percent: null,
    automatic_tax: { enabled: false },
    billing_cycle_anchor: created,
    billing_thresholds: null,
    cancel_at: null,
    cancel_at_period_end: false,
    canceled_at: null,
    cancellation_details: { comment: null, feedback: null, reason: null },
    collection_method: 'charge_automatically',
    created,
    currency: price.currency,
    current_period_end: created + periodSeconds(price),
    current_period_start: created,
    customer,
    days_until_due: null,
    default_payment_method: null,
    default_source: null,
    default_tax_rates: [],
    description: null,
    discount: null,
    ended_at: null,
    items: listOf(`/v1/subscription_items?subscription=${id}`, [item]),
    latest_invoice: null,
    livemode: false,
    metadata: {},
    next_pending_invoice_item_invoice: null,
    on_behalf_of: null,
    pause_collection: null,
    payment_settings: { payment_method_options: null, payment_method_types: null, save_default_payment_method: 'off' },
    pending_invoice_item_interval: null,
    pending_setup_intent: null,
    pending_update: null,
    schedule: null,
    start_date: created,
    status: 'active',
    test_clock: null,
    transfer_data: null,
    trial_end: null,
    trial_settings: { end_behavior: { missing_payment_method: 'create_invoice' } },
    trial_start: null,
  };
}

export function subscriptionsOf(world: World, prices: ReadonlyMap<string, Price>): Subscription[] {
  const latest = latestInvoices(world);
  return world.subscriptions.flatMap((source) => {
    const price = prices.get(source.priceId);
    const customer = world.companies[source.companyIndex]?.ids.stripe;
    return price && customer ? [subscriptionOf(source, customer, price, latest.get(source.id) ?? null)] : [];
  });
}

function subscriptionOf(
  source: WorldSubscription,
  customer: string,
  price: Price,
  latestInvoice: string | null,
): Subscription {
  const { id, quantity, status, canceledAt, trialEnd } = source;
  const created = toSeconds(source.createdAt);
  return {
    ...newSubscription({ id, customer, price, quantity, created }),
    canceled_at: canceledAt === null ? null : toSeconds(canceledAt),
    cancellation_details: {
      comment: null,
      feedback: null,
      reason: status === 'canceled' ? 'cancellation_requested' : null,
    },
    current_period_end: toSeconds(source.currentPeriodEnd),
    current_period_start: toSeconds(source.currentPeriodStart),
    ended_at: status === 'canceled' && canceledAt !== null ? toSeconds(canceledAt) : null,
    latest_invoice: latestInvoice,
    status,
    trial_end: trialEnd === null ? null : toSeconds(trialEnd),
    trial_start: trialEnd === null ? null : created,
  };
}

/** Newest invoice by subscription id. */
function latestInvoices({ invoices }: World): Map<string, string> {
  const oldestFirst = invoices.toSorted((one, other) => Date.parse(one.createdAt) - Date.parse(other.createdAt));
  return new Map(
    oldestFirst.flatMap(({ id, subscriptionId }) => (subscriptionId === null ? [] : [[subscriptionId, id]])),
  );
}
