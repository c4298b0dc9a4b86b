/** Zendesk tickets → open Stripe invoices, by the requester's e-mail address. */
import {
  createConnection,
  defineJoin,
  defineKeyedRead,
  EMPTY_PAGE,
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
  normalise: normaliseEmail,
  read(emails, { everyRow }) {
    const query = emails.map((email) => `email:${searchLiteral(email)}`).join(' OR ');
    return everyRow('stripeSearchCustomers', { query }, emails.length);
  },
  keysOf: (customer) => [customer.email],
});

async function openInvoices(ticket: ZendeskTicketRow, page: PageArguments, context: OwnJoinContext<Operations>) {
  const { reads, rest, scope } = context;
  const user = await reads.load(userById, String(ticket.requester_id));
  const customer = user?.email ? await reads.load(customerByEmail, user.email) : null;
  if (!customer) return EMPTY_PAGE;
  return rest.page('stripeInvoices', { customer: customer.id, status: 'open' }, page, scope);
}

export default defineJoin<Operations>({
  ZendeskTicket: {
    openInvoices: (ticket: ZendeskTicketRow, page: PageArguments, context) =>
      createConnection(() => openInvoices(ticket, page, context)),
  },
});
