/** HubSpot deals ↔ accounts, by the CRM's associations. */
import { createConnection } from '../rest/connection.ts';
import type { AccountRow } from './account-row.ts';
import { companiesOfDeal, dealsOfCompany } from './hubspot-association.ts';
import { accountOfCompany, hubspotCompanyByDomain, hubspotCompanyById } from './hubspot-company.ts';
import { hubspotOwnerById } from './hubspot-owner.ts';
import { type HubspotRow, hubspotById, telling } from './hubspot-row.ts';
import { pageOfIds } from './id-page.ts';
import type { Join, JoinContext, PageArguments } from './join.ts';

interface DealRow extends HubspotRow {
  properties?: { hubspot_owner_id?: string | null };
}

const hubspotDealById = hubspotById<DealRow>('deal', 'hubspotBatchReadDeals');

async function dealsOf({ domain }: AccountRow, page: PageArguments, context: JoinContext) {
  const { reads } = context;
  const company = await reads.load(hubspotCompanyByDomain, domain);
  const deals = company && (await reads.load(dealsOfCompany, company.id));
  return pageOfIds({ field: 'Account.deals', owner: domain }, deals?.to ?? [], page, context, (id) =>
    reads.load(hubspotDealById, id),
  );
}

async function accountOfDeal({ id }: DealRow, context: JoinContext): Promise<AccountRow | null> {
  const companies = await context.reads.load(companiesOfDeal, id);
  const companyId = companies?.primary ?? companies?.to[0];
  const company = companyId ? await context.reads.load(hubspotCompanyById, companyId) : null;
  return company && accountOfCompany(company, context);
}

async function ownerOfDeal(deal: DealRow, { reads }: JoinContext) {
  const { properties } = await telling(deal, 'hubspot_owner_id', hubspotDealById, reads);
  return properties?.hubspot_owner_id ? reads.load(hubspotOwnerById, properties.hubspot_owner_id) : null;
}

export const hubspotDealsJoin: Join = {
  Account: {
    deals: (account: AccountRow, page: PageArguments, context: JoinContext) =>
      createConnection(() => dealsOf(account, page, context)),
  },
  HubspotDeal: {
    account: (deal: DealRow, _args: unknown, context: JoinContext) => accountOfDeal(deal, context),
    owner: (deal: DealRow, _args: unknown, context: JoinContext) => ownerOfDeal(deal, context),
  },
};
