/** A company as the graph carries one: the domain that recognises it in every system, and what we met of the name. */
import type { GraphQLResolveInfo } from 'graphql';
import { type AccountRow, accountRowOfEmail } from './account-row.ts';
import { hubspotCompanyByDomain } from './hubspot-company.ts';
import type { Join, JoinContext } from './join.ts';
import { isKnown, unlessOutOfScope } from './known.ts';
import type { PersonRow } from './person-row.ts';
import { readAhead } from './read-ahead.ts';
import { customerOfAccount } from './stripe-customer.ts';
import { organizationOfAccount, zendeskOrganizationByDomain } from './zendesk-organization.ts';

async function account(
  _root: unknown,
  { domain }: { domain: string },
  context: JoinContext,
  info: GraphQLResolveInfo,
): Promise<AccountRow | null> {
  const host = context.identity.accountKey(domain);
  if (host === null) return null;
  const { reads } = context;
  const account: AccountRow = { domain: host };
  const endReadingAhead = readAhead(account, context, info);
  const known = await isKnown(
    [() => reads.load(hubspotCompanyByDomain, host)],
    [() => customerOfAccount(account, context), () => reads.load(zendeskOrganizationByDomain, host)],
  );
  endReadingAhead();
  return known ? account : null;
}

/**
 * The CRM's spelling first; the others are asked one after the other, and only while nobody knew the name. A system the caller
 * may not see is passed over.
 */
const name = async (row: AccountRow, _args: unknown, context: JoinContext): Promise<string | null> =>
  (await unlessOutOfScope(context.reads.load(hubspotCompanyByDomain, row.domain)))?.properties?.name ??
  row.name ??
  (await unlessOutOfScope(customerOfAccount(row, context)))?.name ??
  (await unlessOutOfScope(organizationOfAccount(row, context)))?.name ??
  null;

export const accountJoin: Join = {
  Query: { account },
  Account: { name },
  Person: {
    account: ({ email }: PersonRow, _args: unknown, context: JoinContext) => accountRowOfEmail(context, email),
  },
};
