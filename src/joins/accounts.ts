/** The companies of the CRM, which is the spine of the unified layer. */
import { createConnection } from '../rest/connection.ts';
import { type CrmSort, crmPage } from './crm-page.ts';
import { accountOfCompany, type CompanyRow } from './hubspot-company.ts';
import type { Join, JoinContext, PageArguments } from './join.ts';

interface AccountFilter {
  search?: string | null;
  domains?: readonly string[] | null;
  industry?: string | null;
  country?: string | null;
}

const SORTS = {
  CREATED_ASC: { propertyName: 'createdate', direction: 'ASCENDING' },
  CREATED_DESC: { propertyName: 'createdate', direction: 'DESCENDING' },
  UPDATED_DESC: { propertyName: 'hs_lastmodifieddate', direction: 'DESCENDING' },
  NAME_ASC: { propertyName: 'name', direction: 'ASCENDING' },
  NAME_DESC: { propertyName: 'name', direction: 'DESCENDING' },
  DOMAIN_ASC: { propertyName: 'domain', direction: 'ASCENDING' },
  DOMAIN_DESC: { propertyName: 'domain', direction: 'DESCENDING' },
} satisfies Record<string, CrmSort>;

interface AccountsArguments extends PageArguments {
  filter?: AccountFilter | null;
  sort?: keyof typeof SORTS | null;
}

const accounts = (_root: unknown, { filter, sort, ...page }: AccountsArguments, context: JoinContext) =>
  createConnection(() =>
    crmPage(
      'hubspotSearchCompanies',
      {
        query: filter?.search,
        required: 'domain',
        equal: { industry: filter?.industry, country: filter?.country },
        oneOf: { domains: filter?.domains ? oneOfDomains(filter.domains, context) : null },
        sort: SORTS[sort ?? 'CREATED_ASC'],
      },
      page,
      context,
      (row) => accountOfCompany(row as CompanyRow, context),
    ),
  );

function oneOfDomains(domains: readonly string[], { identity }: JoinContext) {
  const keys = domains.map((domain) => identity.accountKey(domain) ?? domain);
  return { propertyName: 'domain', values: [...new Set(keys)].flatMap((key) => identity.spellings('account', key)) };
}

export const accountsJoin: Join = { Query: { accounts } };
