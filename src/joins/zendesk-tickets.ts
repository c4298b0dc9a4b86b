/** Zendesk tickets ↔ the people who ask and the accounts they ask for. */
import { createConnection } from '../rest/connection.ts';
import type { AccountRow } from './account-row.ts';
import { emptyPage } from './id-page.ts';
import type { Join, JoinContext, PageArguments } from './join.ts';
import type { PersonRow } from './person-row.ts';
import { searchLiteral } from './search-literal.ts';
import { accountOfOrganizationId, organizationOfAccount } from './zendesk-organization.ts';
import { personOfUserId } from './zendesk-user.ts';

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

/** Aliases too; a repeated requester means OR. */
const requesters = (email: string, { identity }: JoinContext): string =>
  identity
    .spellings('person', email)
    .map((one) => `requester:${searchLiteral(one)}`)
    .join(' ');

export const zendeskTicketsJoin: Join = {
  Person: {
    tickets: ({ email }: PersonRow, args: TicketArguments, context: JoinContext) =>
      createConnection(() => ticketPage('Person.tickets', requesters(email, context), args, context)),
  },
  Account: {
    tickets: (account: AccountRow, args: TicketArguments, context: JoinContext) =>
      createConnection(async () => {
        const organization = await organizationOfAccount(account, context);
        return organization
          ? ticketPage('Account.tickets', `organization_id:${organization.id}`, args, context)
          : emptyPage('Account.tickets', args, context);
      }),
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
