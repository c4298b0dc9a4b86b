/** The people of the CRM, which is the spine of the unified layer. */
import { createConnection } from '../rest/connection.ts';
import { crmPage } from './crm-page.ts';
import { type ContactRow, personOfContact } from './hubspot-contact.ts';
import type { Join, JoinContext, PageArguments } from './join.ts';

interface PersonFilter {
  search?: string | null;
  emails?: readonly string[] | null;
  lifecycleStage?: string | null;
}

const people = (
  _root: unknown,
  { filter, ...page }: PageArguments & { filter?: PersonFilter | null },
  context: JoinContext,
) =>
  createConnection(() =>
    crmPage(
      'hubspotSearchContacts',
      {
        query: filter?.search,
        required: 'email',
        equal: { lifecyclestage: filter?.lifecycleStage },
        oneOf: { email: filter?.emails?.map((email) => email.trim().toLowerCase()) },
      },
      page,
      context,
      (row) => personOfContact(row as ContactRow, context),
    ),
  );

export const peopleJoin: Join = { Query: { people } };
