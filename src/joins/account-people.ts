/** The contacts of an account's company, by the CRM's associations. */
import { createConnection } from '../rest/connection.ts';
import type { AccountRow } from './account-row.ts';
import { contactsOfCompany } from './hubspot-association.ts';
import { hubspotCompanyByDomain } from './hubspot-company.ts';
import { hubspotContactById, personOfContact } from './hubspot-contact.ts';
import { pageOfIds } from './id-page.ts';
import type { Join, JoinContext, PageArguments } from './join.ts';

async function peopleOf({ domain }: AccountRow, page: PageArguments, context: JoinContext) {
  const company = await context.reads.load(hubspotCompanyByDomain, domain);
  const contacts = company && (await context.reads.load(contactsOfCompany, company.id));
  return pageOfIds({ field: 'Account.people', owner: domain }, contacts?.to ?? [], page, context, async (id) => {
    const contact = await context.reads.load(hubspotContactById, id);
    return contact && personOfContact(contact, context);
  });
}

export const accountPeopleJoin: Join = {
  Account: {
    people: (account: AccountRow, page: PageArguments, context: JoinContext) =>
      createConnection(() => peopleOf(account, page, context)),
  },
};
