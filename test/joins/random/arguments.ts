/** Arguments that fields are asked with, by `Type.field`: mostly of somebody the world has. */
import fc from 'fast-check';
import type { World, WorldPerson } from '../../../src/sandbox/world.ts';

export type ArgumentValues = Readonly<Record<string, unknown>>;

export function createArguments(world: World): Readonly<Record<string, fc.Arbitrary<ArgumentValues>>> {
  const { people, companies } = world;
  const oneOf = <Row>(rows: readonly Row[]): fc.Arbitrary<Row> => fc.constantFrom(...rows);
  const idOf = (ids: readonly (string | number | undefined)[]) =>
    oneOf(ids.flatMap((id) => (id === undefined ? [] : [{ id: String(id) }])));
  const emails = people.map(({ email }) => email);
  const domains = companies.map(({ domain }) => domain);
  const email = typed(fc.oneof({ weight: 19, arbitrary: oneOf(emails) }, oneOf(STRANGERS)));
  const domain = typed(fc.oneof({ weight: 19, arbitrary: oneOf(domains) }, oneOf(['nowhere.example'])));
  const ticketStatus = fc.record(
    { status: fc.uniqueArray(oneOf(['new', 'open', 'pending', 'hold', 'solved', 'closed']), { minLength: 1 }) },
    { requiredKeys: [] },
  );
  const invoiceStatus = fc.record({ status: oneOf(['draft', 'open', 'paid', 'void']) }, { requiredKeys: [] });
  const countries = [...new Set(companies.flatMap(({ country }) => country ?? []))];
  const industries = [...new Set(companies.flatMap(({ industry }) => industry ?? []))];
  const peopleFilter = fc.record(
    {
      emails: fc.array(email, { minLength: 1, maxLength: 4 }),
      lifecycleStage: oneOf(['subscriber', 'lead', 'opportunity', 'customer']),
      search: oneOf(people.slice(0, 200).map(({ lastName }) => lastName)).filter((name) => /^[A-Za-z]+$/.test(name)),
    },
    { requiredKeys: [] },
  );
  const accountsFilter = fc.record(
    {
      domains: fc.array(domain, { minLength: 1, maxLength: 4 }),
      country: oneOf(countries),
      industry: oneOf(industries),
    },
    { requiredKeys: [] },
  );
  const channels = world.channels.filter(({ isPrivate }) => !isPrivate).slice(0, 8);
  const owners = new Map(world.owners.map(({ personIndex, zendeskId }) => [personIndex, zendeskId]));
  const zendeskId = ({ index, ids }: WorldPerson) => owners.get(index) ?? ids.zendesk;
  return {
    'Query.person': email.map((one) => ({ email: one })),
    'Query.people': fc.record({ filter: peopleFilter }, { requiredKeys: [] }),
    'Query.account': domain.map((one) => ({ domain: one })),
    'Query.accounts': fc.record({ filter: accountsFilter }, { requiredKeys: [] }),
    'Query.hubspotContact': idOf(people.map(({ ids }) => ids.hubspot)),
    'Query.hubspotCompany': idOf(companies.map(({ ids }) => ids.hubspot)),
    'Query.hubspotDeal': idOf(world.deals.map(({ id }) => id)),
    'Query.hubspotOwner': idOf(world.owners.map(({ hubspotId }) => hubspotId)),
    'Query.stripeCustomer': idOf(companies.map(({ ids }) => ids.stripe)),
    'Query.stripeSubscription': idOf(world.subscriptions.map(({ id }) => id)),
    'Query.stripeInvoice': idOf(world.invoices.map(({ id }) => id)),
    'Query.stripeInvoices': fc.record(
      {
        customer: oneOf(companies.flatMap(({ ids }) => ids.stripe ?? [])),
        status: oneOf(['draft', 'open', 'paid', 'void']),
      },
      { requiredKeys: [] },
    ),
    'Query.stripeCharge': idOf(world.charges.map(({ id }) => id)),
    'Query.zendeskTicket': idOf(world.tickets.map(({ id }) => id)),
    'Query.zendeskTicketComments': idOf(world.tickets.map(({ id }) => id)),
    'Query.zendeskUser': idOf(people.map(zendeskId)),
    'Query.zendeskOrganization': idOf(companies.map(({ ids }) => ids.zendesk)),
    'Query.slackUser': idOf(people.map(({ ids }) => ids.slack)),
    'Query.slackUserByEmail': oneOf(emails).map((one) => ({ email: one })),
    'Query.slackConversationHistory': oneOf(channels).map(({ id }) => ({ channel: id })),
    'Query.resendEmail': idOf(world.emails.map(({ id }) => id)),
    'Query.resendContact': idOf(people.map(({ ids }) => ids.resend)),
    'Query.calcomBooking': idOf(world.bookings.map(({ uid }) => uid)),
    'Query.calcomBookings': fc.record({ attendeeEmail: oneOf(emails) }, { requiredKeys: [] }),
    'Query.pdlEnrichPerson': oneOf(emails).map((one) => ({ email: one })),
    'Query.pdlEnrichCompany': oneOf(domains).map((one) => ({ website: one })),
    'Person.tickets': ticketStatus,
    'Account.tickets': ticketStatus,
    'Account.invoices': invoiceStatus,
  };
}

const STRANGERS = ['nobody@brightforge.io', 'x@nowhere.example', 'ada.lindqvist+work@brightforge.io'];

/** However people type it. */
function typed(text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(text, fc.constantFrom('plain', 'plain', 'shouted', 'padded'))
    .map(([one, how]) => (how === 'shouted' ? one.toUpperCase() : how === 'padded' ? ` ${one} ` : one));
}
