/** `identities`: under which id each system knows a person or an account, and by which key it was recognised. */
import type { GraphQLResolveInfo } from 'graphql';
import { normaliseDomain, normaliseEmail } from '../config/email-address.ts';
import { GatewayError } from '../errors.ts';
import type { AccountRow } from './account-row.ts';
import { bamboohrEmployeeByEmail } from './bamboohr-employee.ts';
import type { Match } from './crm-match.ts';
import { hubspotCompanyByDomain } from './hubspot-company.ts';
import { hubspotContactByEmail } from './hubspot-contact.ts';
import type { Join, JoinContext } from './join.ts';
import { isNoKey, isOutOfScope } from './known.ts';
import type { PersonRow } from './person-row.ts';
import { resendContactByEmail } from './resend-contact.ts';
import { slackUserByEmail } from './slack-user.ts';
import { customerOfAccount, stripeCustomerByEmail } from './stripe-customer.ts';
import { matchOrganization } from './zendesk-organization.ts';
import { matchUser } from './zendesk-user.ts';

interface Recognition {
  id: string;
  matchedBy: string;
  confidence: number;
  conflict: string | null;
}

/** In the order the list has them. People Data Labs charges for each look, and Cal.com keeps no people: neither is asked. */
interface System<Parent> {
  vendor: string;
  /** A graph folder without the vendor has no such type. */
  type: string;
  find(parent: Parent, context: JoinContext): Promise<Recognition | null>;
}

interface Key {
  key: string;
  confidence: number;
}

const PERSON_SYSTEMS: readonly System<PersonRow>[] = [
  {
    vendor: 'hubspot',
    type: 'HubspotContact',
    async find({ email }, { reads, identity }) {
      const contact = await reads.load(hubspotContactByEmail, email);
      return contact && byEmail(contact.id, contact.properties?.email, email, identity.keys.person.hubspot);
    },
  },
  {
    vendor: 'stripe',
    type: 'StripeCustomer',
    async find({ email }, { reads, identity }) {
      const customer = await reads.load(stripeCustomerByEmail, email);
      return customer && byEmail(customer.id, customer.email, email, identity.keys.person.stripe);
    },
  },
  {
    vendor: 'zendesk',
    type: 'ZendeskUser',
    async find(person, context) {
      const match = await matchUser(person, context);
      return match && recognitionOf(match, String(match.row.id), normaliseEmail(match.row.email) === person.email);
    },
  },
  {
    vendor: 'slack',
    type: 'SlackUser',
    async find({ email }, { reads, identity }) {
      const user = await reads.load(slackUserByEmail, email);
      return user && byEmail(user.id, user.profile?.email, email, identity.keys.person.slack);
    },
  },
  {
    vendor: 'resend',
    type: 'ResendContact',
    async find({ email }, { reads, identity }) {
      const contact = await reads.load(resendContactByEmail, email);
      return contact && byEmail(contact.id, contact.email, email, identity.keys.person.resend);
    },
  },
  {
    vendor: 'bamboohr',
    type: 'BamboohrEmployee',
    async find({ email }, { reads, identity }) {
      const employee = await reads.load(bamboohrEmployeeByEmail, email);
      return employee && byEmail(employee.employeeId, employee.workEmail, email, identity.keys.person.bamboohr);
    },
  },
];

const ACCOUNT_SYSTEMS: readonly System<AccountRow>[] = [
  {
    vendor: 'hubspot',
    type: 'HubspotCompany',
    async find({ domain }, { reads, identity }) {
      const company = await reads.load(hubspotCompanyByDomain, domain);
      const isOwn = normaliseDomain(company?.properties?.domain) === domain;
      return company && recognised(company.id, isOwn, identity.keys.account.hubspot[0]);
    },
  },
  {
    vendor: 'stripe',
    type: 'StripeCustomer',
    async find(account, context) {
      const customer = await customerOfAccount(account, context);
      const isOwn = normaliseDomain(customer?.metadata?.['domain']) === account.domain;
      const key = context.identity.keys.account.stripe.find((one) => one.key === 'metadata.domain');
      return customer && recognised(customer.id, isOwn, key);
    },
  },
  {
    vendor: 'zendesk',
    type: 'ZendeskOrganization',
    async find(account, context) {
      const match = await matchOrganization(account, context);
      const isOwn = match?.row.domain_names?.some((domain) => normaliseDomain(domain) === account.domain) ?? false;
      return match && recognitionOf(match, String(match.row.id), isOwn);
    },
  },
];

function byEmail(id: string, address: unknown, email: string, [key]: readonly Key[]): Recognition {
  return recognised(id, normaliseEmail(address) === email, key);
}

function recognised(id: string, isOwn: boolean, key: Key | undefined): Recognition {
  return { id, matchedBy: spelled(key?.key ?? '', isOwn), confidence: key?.confidence ?? 0, conflict: null };
}

function recognitionOf(match: Match<unknown>, id: string, isOwn: boolean): Recognition {
  const { matchedBy, isChecked, confidence, conflict } = match;
  return { id, matchedBy: spelled(matchedBy, isOwn, isChecked), confidence, conflict };
}

/** The CRM's id needs no spelling. */
function spelled(key: string, isOwn: boolean, isChecked = true): string {
  const remarks = [...(isOwn || key === 'external_id' ? [] : ['alias']), ...(isChecked ? [] : ['unchecked'])];
  return remarks.length === 0 ? key : `${key} (${remarks.join(', ')})`;
}

/**
 * A system that fails is an entry of its own: null, with the error; so is one that cannot tell without a CRM that
 * fails. One that may not be seen, or knows nobody, is none.
 */
async function identities<Parent>(
  systems: readonly System<Parent>[],
  parent: Parent,
  context: JoinContext,
  { schema }: GraphQLResolveInfo,
): Promise<unknown[]> {
  const present = systems.filter(({ type }) => schema.getType(type) !== undefined);
  const entries = await Promise.all(
    present.map(async ({ vendor, find }) => {
      try {
        const found = await find(parent, context);
        return found ? [{ vendor, ...found }] : [];
      } catch (error) {
        return isNoKey(error) || isOutOfScope(error) ? [] : [asError(error)];
      }
    }),
  );
  return entries.flat();
}

/** GraphQL takes an Error in a list for that entry's failure. */
const asError = (error: unknown): Error =>
  error instanceof Error ? error : new GatewayError('INTERNAL', 'A system could not be asked.', { cause: error });

export const identitiesJoin: Join = {
  Person: {
    identities: (person: PersonRow, _args: unknown, context: JoinContext, info: GraphQLResolveInfo) =>
      identities(PERSON_SYSTEMS, person, context, info),
  },
  Account: {
    identities: (account: AccountRow, _args: unknown, context: JoinContext, info: GraphQLResolveInfo) =>
      identities(ACCOUNT_SYSTEMS, account, context, info),
  },
};
