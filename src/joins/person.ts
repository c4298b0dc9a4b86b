/** A human being as the graph carries one: the address that recognises them in every system, and what we met of the name. */
import type { GraphQLResolveInfo } from 'graphql';
import { bamboohrEmployeeByEmail, type EmployeeRow, employeeName } from './bamboohr-employee.ts';
import { calcomBookingByAttendee } from './calcom-bookings.ts';
import { hubspotContactByEmail } from './hubspot-contact.ts';
import type { Join, JoinContext } from './join.ts';
import { isKnown, unlessOutOfScope } from './known.ts';
import type { PersonRow } from './person-row.ts';
import { readAhead } from './read-ahead.ts';
import { resendContactByEmail } from './resend-contact.ts';
import { slackUserByEmail } from './slack-user.ts';
import { stripeCustomerByEmail } from './stripe-customer.ts';
import { requesterOf, zendeskUserByEmail } from './zendesk-user.ts';

async function person(
  _root: unknown,
  { email }: { email: string },
  context: JoinContext,
  info: GraphQLResolveInfo,
): Promise<PersonRow | null> {
  const address = context.identity.personKey(email);
  if (address === null) return null;
  const { reads } = context;
  const endReadingAhead = readAhead({ email: address }, context, info);
  const known = await isKnown(
    [() => reads.load(hubspotContactByEmail, address)],
    [
      () => reads.load(stripeCustomerByEmail, address),
      () => reads.load(zendeskUserByEmail, address),
      () => reads.load(slackUserByEmail, address),
      () => reads.load(bamboohrEmployeeByEmail, address),
    ],
    // One call for each address, to vendors that take few. People Data Labs is not asked: it knows strangers, and charges.
    [() => reads.load(resendContactByEmail, address), () => reads.load(calcomBookingByAttendee, address)],
  );
  endReadingAhead();
  return known ? { email: address } : null;
}

/**
 * The CRM's spelling first; the others are asked one after the other, and only while nobody knew the name. A system the caller
 * may not see is passed over.
 */
const name = async (row: PersonRow, _args: unknown, context: JoinContext): Promise<string | null> => {
  const { email, name: met } = row;
  const { reads } = context;
  const contact = await unlessOutOfScope(reads.load(hubspotContactByEmail, email));
  const fullName = [contact?.properties?.firstname, contact?.properties?.lastname].filter(Boolean).join(' ');
  return (
    (fullName || met) ??
    (await unlessOutOfScope(requesterOf(row, context)))?.name ??
    (await unlessOutOfScope(reads.load(slackUserByEmail, email)))?.real_name ??
    nameOf(await unlessOutOfScope(reads.load(bamboohrEmployeeByEmail, email)))
  );
};

const nameOf = (employee: EmployeeRow | null): string | null => employee && employeeName(employee);

export const personJoin: Join = { Query: { person }, Person: { name } };
