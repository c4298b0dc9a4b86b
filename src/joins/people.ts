/** The people of the CRM, which is the spine of the unified layer. */
import { createConnection } from '../rest/connection.ts';
import { type CrmSort, crmPage } from './crm-page.ts';
import { type ContactRow, personOfContact } from './hubspot-contact.ts';
import type { Join, JoinContext, PageArguments } from './join.ts';

interface PersonFilter {
  search?: string | null;
  emails?: readonly string[] | null;
  lifecycleStage?: string | null;
}

const SORTS = {
  CREATED_ASC: { propertyName: 'createdate', direction: 'ASCENDING' },
  CREATED_DESC: { propertyName: 'createdate', direction: 'DESCENDING' },
  UPDATED_DESC: { propertyName: 'lastmodifieddate', direction: 'DESCENDING' },
  LAST_NAME_ASC: { propertyName: 'lastname', direction: 'ASCENDING' },
  LAST_NAME_DESC: { propertyName: 'lastname', direction: 'DESCENDING' },
  EMAIL_ASC: { propertyName: 'email', direction: 'ASCENDING' },
  EMAIL_DESC: { propertyName: 'email', direction: 'DESCENDING' },
} satisfies Record<string, CrmSort>;

interface PeopleArguments extends PageArguments {
  filter?: PersonFilter | null;
  sort?: keyof typeof SORTS | null;
}

const people = (_root: unknown, { filter, sort, ...page }: PeopleArguments, context: JoinContext) =>
  createConnection(() =>
    crmPage(
      'hubspotSearchContacts',
      {
        query: filter?.search,
        required: 'email',
        equal: { lifecyclestage: filter?.lifecycleStage },
        oneOf: { emails: filter?.emails ? oneOfEmails(filter.emails, context) : null },
        sort: SORTS[sort ?? 'CREATED_ASC'],
      },
      page,
      context,
      (row) => personOfContact(row as ContactRow, context),
    ),
  );

function oneOfEmails(emails: readonly string[], { identity }: JoinContext) {
  const keys = emails.map((email) => identity.personKey(email) ?? email.trim().toLowerCase());
  return { propertyName: 'email', values: [...new Set(keys)].flatMap((key) => identity.spellings('person', key)) };
}

export const peopleJoin: Join = { Query: { people } };
