/** Stripe customers ↔ people by e-mail address, ↔ accounts by the domain in their metadata. */

import { normaliseDomain, normaliseEmail } from '../config/email-address.ts';
import { type AccountRow, accountRow, accountRowOfEmail } from './account-row.ts';
import type { Identity } from './identity.ts';
import type { Join, JoinContext } from './join.ts';
import type { KeyedRead } from './keyed-read.ts';
import { oldestFirst } from './oldest-first.ts';
import { type PersonRow, personRow } from './person-row.ts';
import { searchLiteral } from './search-literal.ts';

export interface CustomerRow {
  id: string;
  created?: number;
  email?: string | null;
  name?: string | null;
  metadata?: Record<string, string> | null;
}

/** Stripe has no batch read; a search takes ten clauses joined by OR (https://docs.stripe.com/search), and matches in any case. */
const CLAUSES = 10;

export const stripeCustomerByEmail: KeyedRead<CustomerRow> = {
  name: 'Stripe customer by e-mail',
  chunk: CLAUSES,
  of: 'person',
  normalise: normaliseEmail,
  async read(emails, { everyRow }) {
    const query = emails.map((email) => `email:${searchLiteral(email)}`).join(' OR ');
    return firstMade(await everyRow('stripeSearchCustomers', { query }, emails.length));
  },
  keysOf: (customer) => [customer.email],
  // A search lags a minute behind writes. The list does not, but takes one address a call and tells upper from lower case:
  // it finds the customer somebody has just made and asks for, not the new ones among a hundred.
  lookAgain: async (email, { everyRow }) => firstMade(await everyRow('stripeCustomers', { email })),
};

export const stripeCustomerByDomain: KeyedRead<CustomerRow> = {
  name: 'Stripe customer by domain',
  chunk: CLAUSES,
  of: 'account',
  normalise: normaliseDomain,
  async read(domains, { everyRow }) {
    const query = domains.map((domain) => `metadata['domain']:${searchLiteral(domain)}`).join(' OR ');
    return firstMade(await everyRow('stripeSearchCustomers', { query }, domains.length));
  },
  keysOf: (customer) => [customer.metadata?.['domain']],
};

export const stripeCustomerById: KeyedRead<CustomerRow> = {
  name: 'Stripe customer by id',
  chunk: 1,
  async read([id], { call }) {
    const customer = (await call('stripeCustomer', { id })) as CustomerRow | null;
    return customer ? [customer] : [];
  },
  keysOf: (customer) => [customer.id],
};

/** Checkout makes a second customer of one address easily, and a search knows no order: the first one is taken, every time. */
const firstMade = (rows: readonly unknown[]) => oldestFirst<CustomerRow>(rows, ({ created }) => created ?? 0);

type IdentityKey = Identity['keys']['account']['stripe'][number]['key'];

/** The company a customer is: named in its metadata, else that of its address, or as schema/identity.yaml says. */
export function accountOfCustomer(customer: CustomerRow, context: JoinContext): AccountRow | null {
  for (const { key } of context.identity.keys.account.stripe) {
    const account = ACCOUNT_BY[key](customer, context);
    if (account) return account;
  }
  return null;
}

const ACCOUNT_BY = {
  'metadata.domain': ({ metadata, name }: CustomerRow, context: JoinContext) =>
    accountRow(context, metadata?.['domain'], name),
  email_domain: ({ email }: CustomerRow, context: JoinContext) => accountRowOfEmail(context, email),
} satisfies Record<IdentityKey, unknown>;

/** The customer that names the account; null when names do not count. */
export async function customerOfAccount(
  { domain }: AccountRow,
  { identity, reads }: JoinContext,
): Promise<CustomerRow | null> {
  const isNamed = identity.keys.account.stripe.some(({ key }) => key === 'metadata.domain');
  return isNamed ? reads.load(stripeCustomerByDomain, domain) : null;
}

export const stripeCustomerJoin: Join = {
  Person: {
    customer: ({ email }: PersonRow, _args: unknown, { reads }: JoinContext) =>
      reads.load(stripeCustomerByEmail, email),
  },
  Account: {
    customer: (account: AccountRow, _args: unknown, context: JoinContext) => customerOfAccount(account, context),
  },
  StripeCustomer: {
    account: (customer: CustomerRow, _args: unknown, context: JoinContext) => accountOfCustomer(customer, context),
    person: ({ email }: CustomerRow, _args: unknown, context: JoinContext) => personRow(context, email),
  },
};
