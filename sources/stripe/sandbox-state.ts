/** The emulated account: one table for each kind of object, filled from the world once. */
import type { EmulatorKit } from '../../src/sandbox/emulator.ts';
import { pricesOf, productsOf } from './sandbox-catalogue.ts';
import { chargesOf, refundsOf } from './sandbox-charges.ts';
import { customersOf } from './sandbox-customers.ts';
import { invoicesOf } from './sandbox-invoices.ts';
import type {
  Charge,
  Customer,
  Invoice,
  Price,
  Product,
  Refund,
  StripeObject,
  Subscription,
} from './sandbox-objects.ts';
import { subscriptionsOf } from './sandbox-subscriptions.ts';
import { createTable, type Table } from './sandbox-table.ts';

export interface StripeTables {
  customers: Table<Customer>;
  subscriptions: Table<Subscription>;
  invoices: Table<Invoice>;
  charges: Table<Charge>;
  refunds: Table<Refund>;
  products: Table<Product>;
  prices: Table<Price>;
}

export type TableName = keyof StripeTables;

export interface StripeState extends StripeTables {
  /** Our own firm, as invoices name it. */
  accountName: string;
  /** Seconds since the epoch. */
  now(): number;
  /** `ch` → `ch_` and letters and digits nobody has yet, as many as the vendor has. */
  newId(prefix: string, length?: number): string;
  random(): number;
}

export function createState({ world, now, random }: EmulatorKit): StripeState {
  const customers = customersOf(world);
  const prices = pricesOf(world);
  const byId = { customers: keyed(customers), prices: keyed(prices) };
  const charges = chargesOf(world, byId.customers);
  return {
    customers: createTable(customers, now),
    subscriptions: createTable(subscriptionsOf(world, byId.prices), now),
    invoices: createTable(invoicesOf(world, byId), now),
    charges: createTable(charges, now),
    refunds: createTable(refundsOf(world.refunds, keyed(charges)), now),
    products: createTable(productsOf(world), now),
    prices: createTable(prices, now),
    accountName: world.companies[0]?.name ?? 'Sandbox',
    now: () => Math.floor(now() / 1000),
    newId: (prefix, length = 24) => `${prefix}_${Array.from({ length }, () => letter(random())).join('')}`,
    random,
  };
}

function keyed<T extends StripeObject>(objects: readonly T[]): Map<string, T> {
  return new Map(objects.map((object) => [object.id, object]));
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

function letter(random: number): string {
  return LETTERS[Math.floor(random * LETTERS.length)] ?? 'A';
}
