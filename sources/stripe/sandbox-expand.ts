/** `expand[]=data.customer`: puts the object in the place of its id. Answers are copied along the path, the state is not touched. */
import { invalid } from './sandbox-faults.ts';
import { listOf, type StripeObject } from './sandbox-objects.ts';
import type { StripeState, TableName } from './sandbox-state.ts';

const MAX_LEVELS = 4;

/** Fields that hold an id, by kind of object. */
const REFERENCES: Record<string, Record<string, TableName>> = {
  subscription: { customer: 'customers', latest_invoice: 'invoices' },
  invoice: { customer: 'customers', subscription: 'subscriptions', charge: 'charges' },
  line_item: { subscription: 'subscriptions' },
  charge: { customer: 'customers', invoice: 'invoices' },
  refund: { charge: 'charges' },
  price: { product: 'products' },
  product: { default_price: 'prices' },
};

/** Fields that are left out unless they are asked for. */
const EXTRAS: Record<string, Record<string, (state: StripeState, owner: StripeObject) => unknown>> = {
  customer: {
    subscriptions: ({ subscriptions }, { id }) =>
      listOf(
        `/v1/customers/${id}/subscriptions`,
        subscriptions.all().filter(({ customer, status }) => customer === id && status !== 'canceled'),
      ),
  },
  charge: {
    refunds: ({ refunds }, { id }) =>
      listOf(
        `/v1/charges/${id}/refunds`,
        refunds.all().filter(({ charge }) => charge === id),
      ),
  },
};

export function expand(state: StripeState, answer: unknown, properties: readonly string[]): unknown {
  return properties.reduce((whole, property) => {
    const path = property.split('.');
    if (path.length > MAX_LEVELS) {
      throw invalid(`You cannot expand more than ${MAX_LEVELS} levels of a property. Property: ${property}`, 'expand');
    }
    return expandAt(state, whole, path, property);
  }, answer);
}

function expandAt(state: StripeState, value: unknown, path: readonly string[], property: string): unknown {
  const [name, ...rest] = path;
  if (name === undefined || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => expandAt(state, item, path, property));
  if (!isObject(value)) throw notExpandable(property);
  const kind = String(value['object']);
  const target = REFERENCES[kind]?.[name];
  const extra = EXTRAS[kind]?.[name];
  const plain = value[name];
  if (target === undefined && extra === undefined && (rest.length === 0 || typeof plain !== 'object'))
    throw notExpandable(property);
  const found = target !== undefined && typeof plain === 'string' ? lookUp(state, target, plain) : plain;
  // What has an extra is one of our own objects.
  const filled = found === undefined && extra ? extra(state, value as StripeObject) : found;
  return { ...value, [name]: expandAt(state, filled, rest, property) };
}

function lookUp(state: StripeState, target: TableName, id: string): unknown {
  const found = state[target].get(id);
  if (found !== undefined) return found;
  return state[target].wasRemoved(id) ? { id, object: 'customer', deleted: true } : id;
}

function notExpandable(property: string): Error {
  return invalid(`This property cannot be expanded (${property}).`, 'expand');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
