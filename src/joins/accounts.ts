/** The companies of the CRM, which is the spine of the unified layer. */
import { createConnection } from '../rest/connection.ts';
import { crmPage } from './crm-page.ts';
import { normaliseDomain } from './email-address.ts';
import { accountOfCompany, type CompanyRow } from './hubspot-company.ts';
import type { Join, JoinContext, PageArguments } from './join.ts';

interface AccountFilter {
  search?: string | null;
  domains?: readonly string[] | null;
  industry?: string | null;
  country?: string | null;
}

const accounts = (
  _root: unknown,
  { filter, ...page }: PageArguments & { filter?: AccountFilter | null },
  context: JoinContext,
) =>
  createConnection(() =>
    crmPage(
      'hubspotSearchCompanies',
      {
        query: filter?.search,
        required: 'domain',
        equal: { industry: filter?.industry, country: filter?.country },
        oneOf: { domain: filter?.domains?.map((domain) => normaliseDomain(domain) ?? domain) },
      },
      page,
      context,
      (row) => accountOfCompany(row as CompanyRow, context),
    ),
  );

export const accountsJoin: Join = { Query: { accounts } };
