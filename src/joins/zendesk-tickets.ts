/** Zendesk tickets ↔ the people who ask and the accounts they ask for. */
import { createConnection } from '../rest/connection.ts';
import type { AccountRow } from './account-row.ts';
import { emptyPage } from './id-page.ts';
import type { Join, JoinContext, PageArguments } from './join.ts';
import type { PersonRow } from './person-row.ts';
import { accountOfOrganizationId, organizationOfAccount } from './zendesk-organization.ts';
import { personOfUserId, requestersOf } from './zendesk-user.ts';

type Id = string | number | bigint | null;

interface TicketRow {
  requester_id?: Id;
  assignee_id?: Id;
  organization_id?: Id;
}

interface TicketArguments extends PageArguments {
  status?: readonly string[] | null;
}

/** A search, because only searches take status and order; a repeated status means OR. */
function ticketPage(
  list: string,
  whose: string,
  { status, first, after }: TicketArguments,
  { rest, scope }: JoinContext,
) {
  const query = ['type:ticket', whose, ...(status ?? []).map((one) => `status:${one}`)].join(' ');
  const args = { query, sort_by: 'created_at', sort_order: 'desc' };
  return rest.page('zendeskSearch', args, { first: first ?? null, after: after ?? null }, scope, { list });
}

/** Nobody's tickets, and those of one of no status, are an empty page. */
function ticketsOf(field: string, args: TicketArguments, whose: () => Promise<string | null>, context: JoinContext) {
  return createConnection(async () => {
    const found = args.status?.length === 0 ? null : await whose();
    return found === null ? emptyPage(field, args, context) : ticketPage(field, found, args, context);
  });
}

/**
 * By the users' ids, not by the person's address: whose tickets they are is who the users are. A repeated requester means OR.
 */
async function requesters(person: PersonRow, context: JoinContext): Promise<string | null> {
  const users = await requestersOf(person, context);
  return users.length === 0 ? null : users.map(({ id }) => `requester:${id}`).join(' ');
}

async function organization(account: AccountRow, context: JoinContext): Promise<string | null> {
  const found = await organizationOfAccount(account, context);
  return found && `organization_id:${found.id}`;
}

export const zendeskTicketsJoin: Join = {
  Person: {
    tickets: (person: PersonRow, args: TicketArguments, context: JoinContext) =>
      ticketsOf('Person.tickets', args, () => requesters(person, context), context),
  },
  Account: {
    tickets: (account: AccountRow, args: TicketArguments, context: JoinContext) =>
      ticketsOf('Account.tickets', args, () => organization(account, context), context),
  },
  ZendeskTicket: {
    requester: ({ requester_id: id }: TicketRow, _args: unknown, context: JoinContext) => personOfUserId(id, context),
    assignee: ({ assignee_id: id }: TicketRow, _args: unknown, context: JoinContext) => personOfUserId(id, context),
    account: ({ organization_id: id }: TicketRow, _args: unknown, context: JoinContext) =>
      accountOfOrganizationId(id, context),
  },
  ZendeskComment: {
    author: ({ author_id: id }: { author_id?: Id }, _args: unknown, context: JoinContext) =>
      personOfUserId(id, context),
  },
};
