/** Zendesk organizations ↔ accounts, by domain. */
import { type AccountRow, accountRow } from './account-row.ts';
import { normaliseDomain } from './email-address.ts';
import type { Join, JoinContext } from './join.ts';
import type { KeyedRead } from './keyed-read.ts';
import { searchLiteral } from './search-literal.ts';

export interface OrganizationRow {
  id: string | number | bigint;
  name?: string | null;
  domain_names?: readonly string[] | null;
}

/** Zendesk's search takes a repeated property as OR; 25 domains keep the URL under 2 kB. */
export const zendeskOrganizationByDomain: KeyedRead<OrganizationRow> = {
  name: 'Zendesk organization by domain',
  chunk: 25,
  normalise: normaliseDomain,
  async read(domains, { everyRow }) {
    const clauses = domains.map((domain) => `domain_names:${searchLiteral(domain)}`).join(' ');
    return (await everyRow(
      'zendeskSearch',
      // Oldest first: of two organizations with one domain the older is taken, every time.
      { query: `type:organization ${clauses}`, sort_by: 'created_at', sort_order: 'asc' },
      domains.length,
    )) as OrganizationRow[];
  },
  keysOf: (organization) => organization.domain_names ?? [],
};

const zendeskOrganizationById: KeyedRead<OrganizationRow> = {
  name: 'Zendesk organization by id',
  chunk: 100,
  read: async (ids, { call }) => (await call('zendeskShowManyOrganizations', { ids }, ids.length)) as OrganizationRow[],
  keysOf: (organization) => [String(organization.id)],
};

/** Of several domains the first that is one: agents type what they like there. */
const accountOf = ({ domain_names: domains, name }: OrganizationRow): AccountRow | null =>
  accountRow(
    domains?.find((domain) => normaliseDomain(domain)),
    name,
  );

/** The account of an organization's id, as tickets name one. */
export async function accountOfOrganizationId(
  id: string | number | bigint | null | undefined,
  { reads }: JoinContext,
): Promise<AccountRow | null> {
  const organization = id ? await reads.load(zendeskOrganizationById, String(id)) : null;
  return organization && accountOf(organization);
}

export const zendeskOrganizationJoin: Join = {
  ZendeskOrganization: { account: accountOf },
};
