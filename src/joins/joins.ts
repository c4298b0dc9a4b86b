/** Every join of the reference graph. A new one is a field in `schema/unified.graphql`, a file here and a line below. */
import { accountJoin } from './account.ts';
import { accountPeopleJoin } from './account-people.ts';
import { accountsJoin } from './accounts.ts';
import { bamboohrEmployeeJoin } from './bamboohr-employee.ts';
import { calcomBookingsJoin } from './calcom-bookings.ts';
import { eventAcksJoin } from './event-acks.ts';
import { hubspotCompanyJoin } from './hubspot-company.ts';
import { hubspotContactJoin } from './hubspot-contact.ts';
import { hubspotDealsJoin } from './hubspot-deals.ts';
import { hubspotOwnerJoin } from './hubspot-owner.ts';
import { identitiesJoin } from './identities.ts';
import type { Join } from './join.ts';
import { pdlProfileJoin } from './pdl-profile.ts';
import { peopleJoin } from './people.ts';
import { personJoin } from './person.ts';
import { resendContactJoin } from './resend-contact.ts';
import { resendEmailsJoin } from './resend-emails.ts';
import { slackUserJoin } from './slack-user.ts';
import { stripeBillingJoin } from './stripe-billing.ts';
import { stripeCustomerJoin } from './stripe-customer.ts';
import { zendeskOrganizationJoin } from './zendesk-organization.ts';
import { zendeskTicketsJoin } from './zendesk-tickets.ts';
import { zendeskUserJoin } from './zendesk-user.ts';

export const JOINS: readonly Join[] = [
  personJoin,
  peopleJoin,
  accountJoin,
  accountsJoin,
  accountPeopleJoin,
  identitiesJoin,
  hubspotContactJoin,
  hubspotCompanyJoin,
  hubspotDealsJoin,
  hubspotOwnerJoin,
  stripeCustomerJoin,
  stripeBillingJoin,
  zendeskUserJoin,
  zendeskOrganizationJoin,
  zendeskTicketsJoin,
  slackUserJoin,
  resendContactJoin,
  resendEmailsJoin,
  calcomBookingsJoin,
  pdlProfileJoin,
  bamboohrEmployeeJoin,
  eventAcksJoin,
];
