/** HubSpot companies ↔ accounts, by domain. */

import { normaliseDomain } from '../config/email-address.ts';
import { type AccountRow, accountRow } from './account-row.ts';
import { hubspotOwnerById } from './hubspot-owner.ts';
import { type HubspotRow, hubspotById, telling } from './hubspot-row.ts';
import type { Join, JoinContext } from './join.ts';
import type { KeyedRead } from './keyed-read.ts';
import { instantOf, oldestFirst } from './oldest-first.ts';

export interface CompanyRow extends HubspotRow {
  createdAt?: string | null;
  properties?: { name?: string | null; domain?: string | null; hubspot_owner_id?: string | null };
}

/** HubSpot's domain is no unique property, so its batch read does not take it: a search with IN does, for 100 values. */
export const hubspotCompanyByDomain: KeyedRead<CompanyRow> = {
  name: 'HubSpot company by domain',
  chunk: 100,
  of: 'account',
  normalise: normaliseDomain,
  async read(domains, { everyRow }) {
    const filters = [{ propertyName: 'domain', operator: 'IN', values: domains }];
    const sorts = [{ propertyName: 'createdate', direction: 'ASCENDING' }];
    const input = { filterGroups: [{ filters }], sorts };
    const companies = await everyRow('hubspotSearchCompanies', { input }, domains.length);
    // Of two companies with one domain the older is taken, every time.
    return oldestFirst<CompanyRow>(companies, ({ createdAt }) => instantOf(createdAt));
  },
  keysOf: (company) => [company.properties?.domain],
};

export const hubspotCompanyById = hubspotById<CompanyRow>('company', 'hubspotBatchReadCompanies');

/** The account of a company. Its `company` is looked for by domain all the same: an older one may have that, too. */
export const accountOfCompany = ({ properties }: CompanyRow, context: JoinContext): AccountRow | null =>
  accountRow(context, properties?.domain, properties?.name);

const accountOf = async (company: CompanyRow, _args: unknown, context: JoinContext) =>
  accountOfCompany(await telling(company, 'domain', hubspotCompanyById, context.reads), context);

async function ownerOf(company: CompanyRow | null, { reads }: JoinContext) {
  const { properties } = (company && (await telling(company, 'hubspot_owner_id', hubspotCompanyById, reads))) ?? {};
  return properties?.hubspot_owner_id ? reads.load(hubspotOwnerById, properties.hubspot_owner_id) : null;
}

export const hubspotCompanyJoin: Join = {
  Account: {
    company: ({ domain }: AccountRow, _args: unknown, { reads }: JoinContext) =>
      reads.load(hubspotCompanyByDomain, domain),
    owner: async ({ domain }: AccountRow, _args: unknown, context: JoinContext) =>
      ownerOf(await context.reads.load(hubspotCompanyByDomain, domain), context),
  },
  HubspotCompany: {
    account: accountOf,
    owner: (company: CompanyRow, _args: unknown, context: JoinContext) => ownerOf(company, context),
  },
};
