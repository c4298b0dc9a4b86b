/** What Stripe bills an account: subscriptions, invoices, charges, and the way back to the account. */
import { createConnection } from '../rest/connection.ts';
import type { AccountRow } from './account-row.ts';
import { emptyPage } from './id-page.ts';
import type { Join, JoinContext, PageArguments } from './join.ts';
import { accountOfCustomer, customerOfAccount, stripeCustomerById } from './stripe-customer.ts';

interface BilledRow {
  /** The customer's id, or the customer where the caller had it expanded. */
  customer?: string | { id: string } | null;
}

const billed =
  (list: string, operation: 'stripeSubscriptions' | 'stripeInvoices') =>
  (account: AccountRow, { first, after, ...filter }: PageArguments & { status?: unknown }, context: JoinContext) =>
    createConnection(async () => {
      const page = { first: first ?? null, after: after ?? null };
      const customer = await customerOfAccount(account, context);
      if (!customer) return emptyPage(list, page, context);
      return context.rest.page(operation, { customer: customer.id, ...filter }, page, context.scope, { list });
    });

async function accountOf({ customer }: BilledRow, _args: unknown, context: JoinContext): Promise<AccountRow | null> {
  const id = typeof customer === 'object' ? customer?.id : customer;
  const row = id ? await context.reads.load(stripeCustomerById, id) : null;
  return row && accountOfCustomer(row, context);
}

export const stripeBillingJoin: Join = {
  // Stripe lists no canceled subscriptions unless it is asked for all of them.
  Account: {
    subscriptions: (account: AccountRow, page: PageArguments, context: JoinContext) =>
      billed('Account.subscriptions', 'stripeSubscriptions')(account, { ...page, status: 'all' }, context),
    invoices: billed('Account.invoices', 'stripeInvoices'),
  },
  StripeSubscription: { account: accountOf },
  StripeInvoice: { account: accountOf },
  StripeCharge: { account: accountOf },
};
