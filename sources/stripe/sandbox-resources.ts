/** What can be listed, read and searched: one entry for each kind of object, with its filters and search fields. */
import { anyOf, choice, exactly, type Filter, flag, never, reference, type Test, time } from './sandbox-filters.ts';
import type { StripeObject, Subscription } from './sandbox-objects.ts';
import { readOneOf, readParts } from './sandbox-parameters.ts';
import type { SearchFields } from './sandbox-search.ts';
import type { StripeState } from './sandbox-state.ts';
import type { Table } from './sandbox-table.ts';

export interface Resource {
  /** Path segment and operationId of the list. */
  plural: string;
  /** operationId of the read, and what the vendor calls it when there is none. */
  noun: string;
  /** What an unknown id in the path is blamed on. */
  idParam: string;
  table: Table<StripeObject>;
  filters: Record<string, Filter>;
  /** Rows a list leaves out unless this filter is named. */
  unless?: { filter: string; hide: Test };
  /** Undefined: the vendor has no search for it. */
  search?: { operation: string; fields: SearchFields };
}

export function createResources(state: StripeState): Resource[] {
  const customer = reference('customer', reading(state.customers));
  return [
    {
      plural: 'customers',
      noun: 'customer',
      idParam: 'id',
      table: reading(state.customers),
      filters: { email: exactly, created: time, test_clock: never },
      search: {
        operation: 'searchCustomers',
        fields: { created: 'number', email: 'text', metadata: 'metadata', name: 'text', phone: 'text' },
      },
    },
    {
      plural: 'subscriptions',
      noun: 'subscription',
      idParam: 'id',
      table: reading(state.subscriptions),
      filters: {
        customer,
        price: ofPrice(state),
        status: ofStatus,
        collection_method: choice(['charge_automatically', 'send_invoice']),
        automatic_tax: automaticTax,
        created: time,
        current_period_start: time,
        current_period_end: time,
        test_clock: never,
      },
      unless: { filter: 'status', hide: (object) => object['status'] === 'canceled' },
      search: {
        operation: 'searchSubscriptions',
        fields: { canceled_at: 'number', created: 'number', metadata: 'metadata', status: 'token' },
      },
    },
    {
      plural: 'invoices',
      noun: 'invoice',
      idParam: 'invoice',
      table: reading(state.invoices),
      filters: {
        customer,
        subscription: reference('subscription', reading(state.subscriptions)),
        status: choice(['draft', 'open', 'paid', 'uncollectible', 'void']),
        collection_method: choice(['charge_automatically', 'send_invoice']),
        created: time,
        due_date: time,
      },
      search: {
        operation: 'searchInvoices',
        fields: {
          created: 'number',
          currency: 'token',
          customer: 'token',
          metadata: 'metadata',
          number: 'text',
          receipt_number: 'text',
          status: 'text',
          subscription: 'text',
          total: 'number',
        },
      },
    },
    {
      plural: 'charges',
      noun: 'charge',
      idParam: 'id',
      table: reading(state.charges),
      filters: { customer, payment_intent: exactly, transfer_group: exactly, created: time },
      search: {
        operation: 'searchCharges',
        fields: {
          amount: 'number',
          'billing_details.address.postal_code': 'token',
          created: 'number',
          currency: 'token',
          customer: 'token',
          disputed: 'token',
          metadata: 'metadata',
          'payment_method_details.card.brand': 'token',
          'payment_method_details.card.exp_month': 'token',
          'payment_method_details.card.exp_year': 'token',
          'payment_method_details.card.fingerprint': 'token',
          'payment_method_details.card.last4': 'token',
          refunded: 'token',
          status: 'token',
        },
      },
    },
    {
      plural: 'refunds',
      noun: 'refund',
      idParam: 'refund',
      table: reading(state.refunds),
      filters: { charge: reference('charge', reading(state.charges)), payment_intent: exactly, created: time },
    },
    {
      plural: 'products',
      noun: 'product',
      idParam: 'id',
      table: reading(state.products),
      filters: { ids: anyOf('id'), active: flag, shippable: flag, url: exactly, created: time },
      search: {
        operation: 'searchProducts',
        fields: {
          active: 'token',
          description: 'text',
          metadata: 'metadata',
          name: 'text',
          shippable: 'token',
          url: 'text',
        },
      },
    },
    {
      plural: 'prices',
      noun: 'price',
      idParam: 'price',
      table: reading(state.prices),
      filters: {
        product: exactly,
        active: flag,
        currency: exactly,
        type: choice(['one_time', 'recurring']),
        recurring,
        lookup_keys: anyOf('lookup_key'),
        created: time,
      },
      search: {
        operation: 'searchPrices',
        fields: {
          active: 'token',
          currency: 'token',
          lookup_key: 'text',
          metadata: 'metadata',
          product: 'text',
          type: 'token',
        },
      },
    },
  ];
}

/** Reads hand out any kind of object; only the rules that write need to know which. */
function reading<T extends StripeObject>(table: Table<T>): Table<StripeObject> {
  return table as unknown as Table<StripeObject>; // `add` and `change` would take too much: nothing here calls them
}

const ENDED: ReadonlySet<unknown> = new Set(['canceled', 'incomplete_expired']);

const ofStatus: Filter = (value, name) => {
  const wanted = readOneOf(value, name, [
    'active',
    'past_due',
    'unpaid',
    'canceled',
    'incomplete',
    'incomplete_expired',
    'trialing',
    'paused',
    'all',
    'ended',
  ]);
  if (wanted === 'all') return () => true;
  if (wanted === 'ended') return (object) => ENDED.has(object['status']);
  return (object) => object['status'] === wanted;
};

function ofPrice(state: StripeState): Filter {
  return (value, name) => {
    reference('price', reading(state.prices))(value, name);
    return (object) => state.subscriptions.get(object.id)?.items.data.some(({ price }) => price.id === value) ?? false;
  };
}

const automaticTax: Filter = (value, name) => {
  const wanted = readParts(value, name)?.['enabled'] === 'true';
  return (object) =>
    (object as Subscription & { automatic_tax: { enabled: boolean } }).automatic_tax.enabled === wanted;
};

/** `recurring[interval]=year` */
const recurring: Filter = (value, name) => {
  const wanted = Object.entries(readParts(value, name) ?? {});
  return (object) => {
    const actual = object['recurring'] as Record<string, unknown>; // all prices here recur
    return wanted.every(([part, text]) => actual[part] === text);
  };
};
