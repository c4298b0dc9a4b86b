/** Zendesk organizations ↔ accounts, by domain and by the CRM's id. */

import { normaliseDomain } from '../config/email-address.ts';
import type { AccountRow } from './account-row.ts';
import { keyWithCrm, type Match, matchWithCrm } from './crm-match.ts';
import type { MatchRule } from './crm-owner.ts';
import { type CompanyRow, hubspotCompanyByDomain, hubspotCompanyById } from './hubspot-company.ts';
import type { Join, JoinContext } from './join.ts';
import type { KeyedRead } from './keyed-read.ts';
import { instantOf, oldestFirst } from './oldest-first.ts';
import { searchLiteral } from './search-literal.ts';

export interface OrganizationRow {
  id: string | number | bigint;
  external_id?: string | null;
  name?: string | null;
  domain_names?: readonly string[] | null;
  created_at?: string | null;
}

/** Zendesk's search takes a repeated property as OR; 25 domains keep the URL under 2 kB. */
export const zendeskOrganizationByDomain: KeyedRead<OrganizationRow> = {
  name: 'Zendesk organization by domain',
  chunk: 25,
  of: 'account',
  normalise: normaliseDomain,
  async read(domains, { everyRow }) {
    const clauses = domains.map((domain) => `domain_names:${searchLiteral(domain)}`).join(' ');
    const args = { query: `type:organization ${clauses}`, sort_by: 'created_at', sort_order: 'asc' };
    const organizations = await everyRow('zendeskSearch', args, domains.length);
    // Of two organizations with one domain the older is taken, every time.
    return oldestFirst<OrganizationRow>(organizations, ({ created_at: created }) => instantOf(created));
  },
  keysOf: (organization) => organization.domain_names ?? [],
};

/** For a company of several domains, each of which may be an organization's: aliases are not taken together. */
const zendeskOrganizationBySpelling: KeyedRead<OrganizationRow> = {
  name: 'Zendesk organization by domain, without aliases',
  chunk: zendeskOrganizationByDomain.chunk,
  normalise: normaliseDomain,
  read: zendeskOrganizationByDomain.read,
  keysOf: zendeskOrganizationByDomain.keysOf,
};

const zendeskOrganizationById: KeyedRead<OrganizationRow> = {
  name: 'Zendesk organization by id',
  chunk: 100,
  read: async (ids, { call }) => (await call('zendeskShowManyOrganizations', { ids }, ids.length)) as OrganizationRow[],
  keysOf: (organization) => [String(organization.id)],
};

const zendeskOrganizationByExternalId: KeyedRead<OrganizationRow> = {
  name: 'Zendesk organization by external id',
  chunk: 100,
  read: async (ids, { call }) =>
    (await call('zendeskShowManyOrganizations', { external_ids: ids }, ids.length)) as OrganizationRow[],
  keysOf: (organization) => [organization.external_id],
};

/**
 * How the helpdesk and accounts recognise each other. Of several domains those that are none are passed over: agents type
 * what they like there.
 */
const ORGANIZATION: MatchRule<OrganizationRow, CompanyRow> = {
  ownKey: 'domain_names',
  keys: ({ keys }) => keys.account.zendesk,
  byOwnKey: zendeskOrganizationByDomain,
  bySpelling: zendeskOrganizationBySpelling,
  byExternalId: zendeskOrganizationByExternalId,
  crmByKey: hubspotCompanyByDomain,
  crmById: hubspotCompanyById,
  ownKeysOf: ({ domain_names: domains }, identity) => (domains ?? []).flatMap((one) => identity.accountKey(one) ?? []),
  keyOfCrm: ({ properties }, identity) => identity.accountKey(properties?.domain),
};

/** How the helpdesk recognises an account, merged or not. */
export function matchOrganization(
  { domain }: AccountRow,
  context: JoinContext,
): Promise<Match<OrganizationRow> | null> {
  return matchWithCrm(ORGANIZATION, domain, context);
}

/** The organization an account is; null where domain and CRM id contradict each other. */
export async function organizationOfAccount(
  account: AccountRow,
  context: JoinContext,
): Promise<OrganizationRow | null> {
  const match = await matchOrganization(account, context);
  return match && match.conflict === null ? match.row : null;
}

/** By the same rule as the organization of an account: none where domain and CRM id contradict each other. */
async function accountOf(organization: OrganizationRow, context: JoinContext): Promise<AccountRow | null> {
  const domain = await keyWithCrm(ORGANIZATION, organization, context);
  return domain === null ? null : { domain, name: organization.name ?? null };
}

/** The account of an organization's id, as tickets name one. */
export async function accountOfOrganizationId(
  id: string | number | bigint | null | undefined,
  context: JoinContext,
): Promise<AccountRow | null> {
  const organization = id ? await context.reads.load(zendeskOrganizationById, String(id)) : null;
  return organization && accountOf(organization, context);
}

export const zendeskOrganizationJoin: Join = {
  ZendeskOrganization: {
    account: (organization: OrganizationRow, _args: unknown, context: JoinContext) => accountOf(organization, context),
  },
};
