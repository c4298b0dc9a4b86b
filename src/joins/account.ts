/** A company as the graph carries one: the domain that recognises it in every system, and what we met of the name. */
import type { GraphQLResolveInfo } from 'graphql';
import { type AccountRow, accountRowOfEmail } from './account-row.ts';
import { normaliseDomain } from './email-address.ts';
import { hubspotCompanyByDomain } from './hubspot-company.ts';
import type { Join, JoinContext } from './join.ts';
import { isKnown } from './known.ts';
import type { PersonRow } from './person-row.ts';
import { readAhead } from './read-ahead.ts';
import { stripeCustomerByDomain } from './stripe-customer.ts';
import { zendeskOrganizationByDomain } from './zendesk-organization.ts';

async function account(
  _root: unknown,
  { domain }: { domain: string },
  context: JoinContext,
  info: GraphQLResolveInfo,
): Promise<AccountRow | null> {
  const host = normaliseDomain(domain);
  if (host === null) return null;
  const { reads } = context;
  const endReadingAhead = readAhead({ domain: host }, context, info);
  const known = await isKnown(
    [() => reads.load(hubspotCompanyByDomain, host)],
    [() => reads.load(stripeCustomerByDomain, host), () => reads.load(zendeskOrganizationByDomain, host)],
  );
  endReadingAhead();
  return known ? { domain: host } : null;
}

/** The CRM's spelling first; the others are asked one after the other, and only while nobody knew the name. */
const name = async (
  { domain, name: met }: AccountRow,
  _args: unknown,
  { reads }: JoinContext,
): Promise<string | null> =>
  (await reads.load(hubspotCompanyByDomain, domain))?.properties?.name ??
  met ??
  (await reads.load(stripeCustomerByDomain, domain))?.name ??
  (await reads.load(zendeskOrganizationByDomain, domain))?.name ??
  null;

export const accountJoin: Join = {
  Query: { account },
  Account: { name },
  Person: { account: ({ email }: PersonRow) => accountRowOfEmail(email) },
};
