/** `identities` by hand: under which id and by which key each system knows a person or an account. */
import type { KnownAs, Oracle } from '../oracle.ts';
import type { Recognition } from './world-recognition.ts';

type KnownRow = Omit<KnownAs, 'conflict'> & { conflict: string | null };

/** In the order the graph has them. */
export interface WorldIdentities {
  identitiesOf(email: string): KnownRow[];
  identitiesOfAccount(domain: string): KnownRow[];
}

export function createIdentities(who: Recognition, oracle: Oracle): WorldIdentities {
  return {
    identitiesOf(email) {
      const [contact, customer, member] = [who.contactOf(email), who.customerOf(email), who.memberOf(email)];
      const [subscriber, employee] = [who.subscriberOf(email), who.employeeOf(email)];
      const user = who.users.match(email);
      return [
        ...knownAs('hubspot', contact?.ids.hubspot, 'email', 1, contact?.email === email),
        ...knownAs(
          'stripe',
          customer?.ids.stripe,
          'email',
          0.95,
          customer !== null && who.mailOfCustomer(customer).includes(email),
        ),
        ...(user
          ? [entry('zendesk', oracle.zendeskIdOf(user.row), user, who.addressIn('zendesk', user.row) === email)]
          : []),
        ...knownAs(
          'slack',
          member?.ids.slack,
          'email',
          0.95,
          member !== null && who.addressIn('slack', member) === email,
        ),
        ...knownAs(
          'resend',
          subscriber?.ids.resend,
          'email',
          0.95,
          subscriber !== null && who.addressIn('resend', subscriber) === email,
        ),
        ...knownAs(
          'bamboohr',
          employee?.id,
          'email',
          0.95,
          employee !== null && who.mailOfEmployee(employee).includes(email),
        ),
      ];
    },

    identitiesOfAccount(domain) {
      const [company, payer, organization] = [
        who.companyOf(domain),
        who.payerOf(domain),
        who.organizations.match(domain),
      ];
      return [
        ...knownAs('hubspot', company?.ids.hubspot, 'domain', 1, company?.domain === domain),
        ...knownAs(
          'stripe',
          payer?.ids.stripe,
          'metadata.domain',
          0.95,
          payer !== null && who.domainOfCustomer(payer) === domain,
        ),
        ...(organization
          ? [
              entry(
                'zendesk',
                organization.row.ids.zendesk,
                organization,
                who.domainsOfOrganization(organization.row).includes(domain),
              ),
            ]
          : []),
      ];
    },
  };
}

function knownAs(vendor: string, id: unknown, matchedBy: string, confidence: number, isOwn: boolean): KnownRow[] {
  return id == null ? [] : [entry(vendor, id, { matchedBy, confidence, conflict: null }, isOwn)];
}

/** The CRM's id has but one spelling. */
function entry(
  vendor: string,
  id: unknown,
  { matchedBy, confidence, conflict }: Pick<KnownRow, 'matchedBy' | 'confidence' | 'conflict'>,
  isOwn: boolean,
): KnownRow {
  const remark = isOwn || matchedBy === 'external_id' ? '' : ' (alias)';
  return { vendor, id: String(id), matchedBy: `${matchedBy}${remark}`, confidence, conflict };
}
