/** Zendesk tickets → open Stripe invoices, by the requester's e-mail address. */
import {
  createConnection,
  defineJoin,
  defineKeyedRead,
  emptyPage,
  normaliseEmail,
  type OwnJoinContext,
  type PageArguments,
  searchLiteral,
} from 'vendorgraph';
import type { Operations, StripeCustomerRow, ZendeskTicketRow, ZendeskUserRow } from '../schema/rows.ts';

const userById = defineKeyedRead<Operations, ZendeskUserRow>({
  name: 'Zendesk user by id',
  chunk: 100, // what show_many takes
  read: (ids, { call }) => call('zendeskShowManyUsers', { ids }, ids.length),
  keysOf: (user) => [String(user.id)],
});

const customerByEmail = defineKeyedRead<Operations, StripeCustomerRow>({
  name: 'Stripe customer by e-mail',
  chunk: 10, // clauses of one search
  of: 'person', // who may have aliases
  normalise: normaliseEmail,
  async read(emails, { everyRow }) {
    const query = emails.map((email) => `email:${searchLiteral(email)}`).join(' OR ');
    const customers = await everyRow('stripeSearchCustomers', { query }, emails.length);
    // Of two with one address the first counts, and a search knows no order.
    return customers.toSorted((a, b) => (a.created ?? 0) - (b.created ?? 0) || (a.id < b.id ? -1 : 1));
  },
  keysOf: (customer) => [customer.email],
});

async function openInvoices(ticket: ZendeskTicketRow, page: PageArguments, context: OwnJoinContext<Operations>) {
  const { reads, rest, scope } = context;
  const user = await reads.load(userById, String(ticket.requester_id));
  const customer = user?.email ? await reads.load(customerByEmail, user.email) : null;
  if (!customer) return emptyPage('ZendeskTicket.openInvoices', page, context);
  return rest.page('stripeInvoices', { customer: customer.id, status: 'open' }, page, scope);
}

export default defineJoin<Operations>({
  ZendeskTicket: {
    openInvoices: (ticket: ZendeskTicketRow, page: PageArguments, context) =>
      createConnection(() => openInvoices(ticket, page, context)),
  },
});
