/** Arguments that fields are asked with, by `Type.field`: mostly of somebody the world has. */
import fc from 'fast-check';
import type { World, WorldPerson } from '../../../src/sandbox/world.ts';
import { helpdeskSearches } from './helpdesk-searches.ts';
import type { Aliases } from './spellings.ts';
import { ACCOUNT_SORTS, PERSON_SORTS } from './world-order.ts';

export type ArgumentValues = Readonly<Record<string, unknown>>;

export function createArguments(
  world: World,
  aliases: Aliases,
): Readonly<Record<string, fc.Arbitrary<ArgumentValues>>> {
  const { people, companies } = world;
  const oneOf = <Row>(rows: readonly Row[]): fc.Arbitrary<Row> => fc.constantFrom(...rows);
  /** Now and then one that nothing has. */
  const idOf = (ids: readonly (string | number | undefined)[], nobody: string) =>
    fc
      .oneof(
        { weight: 19, arbitrary: oneOf(ids.flatMap((id) => (id === undefined ? [] : [String(id)]))) },
        oneOf([nobody]),
      )
      .map((id) => ({ id }));
  const emails = distinct([
    ...people.flatMap(({ email, spelling }) => [email, ...Object.values(spelling)]),
    ...Object.keys(aliases.person),
  ]);
  const domains = distinct([
    ...companies.flatMap(({ domain, spelling }) => [domain, ...(spelling?.zendesk ?? [])]),
    ...Object.keys(aliases.account),
  ]);
  const email = typed(fc.oneof({ weight: 19, arbitrary: oneOf(emails) }, oneOf(STRANGERS)));
  /** For vendors who are asked as it stands. */
  const addressed = fc.oneof({ weight: 19, arbitrary: oneOf(emails) }, oneOf(['x@nowhere.example']));
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
      emails: fc.array(email, { maxLength: 4 }),
      lifecycleStage: oneOf(['subscriber', 'lead', 'opportunity', 'customer']),
      search: oneOf(people.slice(0, 200)).chain(({ firstName, lastName }) => wordsFrom(firstName, lastName)),
    },
    { requiredKeys: [] },
  );
  const accountsFilter = fc.record(
    {
      domains: fc.array(domain, { maxLength: 4 }),
      search: oneOf(companies).chain(({ name, domain: host }) => wordsFrom(...name.split(' '), host)),
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
    'Query.people': fc.record({ filter: peopleFilter, sort: oneOf(PERSON_SORTS) }, { requiredKeys: [] }),
    'Query.account': domain.map((one) => ({ domain: one })),
    'Query.accounts': fc.record({ filter: accountsFilter, sort: oneOf(ACCOUNT_SORTS) }, { requiredKeys: [] }),
    'Query.hubspotContact': idOf(
      people.map(({ ids }) => ids.hubspot),
      '1',
    ),
    'Query.hubspotCompany': idOf(
      companies.map(({ ids }) => ids.hubspot),
      '1',
    ),
    'Query.hubspotDeal': idOf(
      world.deals.map(({ id }) => id),
      '1',
    ),
    'Query.hubspotOwner': idOf(
      world.owners.map(({ hubspotId }) => hubspotId),
      '1',
    ),
    'Query.stripeCustomer': idOf(
      companies.map(({ ids }) => ids.stripe),
      'cus_nobody',
    ),
    'Query.stripeSubscription': idOf(
      world.subscriptions.map(({ id }) => id),
      'sub_nobody',
    ),
    'Query.stripeInvoice': idOf(
      world.invoices.map(({ id }) => id),
      'in_nobody',
    ),
    'Query.stripeInvoices': fc.record(
      {
        customer: oneOf(companies.flatMap(({ ids }) => ids.stripe ?? [])),
        status: oneOf(['draft', 'open', 'paid', 'void']),
      },
      { requiredKeys: [] },
    ),
    'Query.stripeCharge': idOf(
      world.charges.map(({ id }) => id),
      'ch_nobody',
    ),
    'Query.zendeskTicket': idOf(
      world.tickets.map(({ id }) => id),
      '1',
    ),
    'Query.zendeskTicketComments': idOf(
      world.tickets.map(({ id }) => id),
      '1',
    ),
    'Query.zendeskUser': idOf(people.map(zendeskId), '1'),
    'Query.zendeskOrganization': idOf(
      companies.map(({ ids }) => ids.zendesk),
      '1',
    ),
    'Query.zendeskSearch': helpdeskSearches(world),
    'Query.slackUser': idOf(
      people.map(({ ids }) => ids.slack),
      'U0NOBODY',
    ),
    'Query.slackUserByEmail': addressed.map((one) => ({ email: one })),
    'Query.slackConversationHistory': oneOf(channels).map(({ id }) => ({ channel: id })),
    'Query.resendEmail': idOf(
      world.emails.map(({ id }) => id),
      NO_UUID,
    ),
    'Query.resendContact': idOf(
      people.map(({ ids }) => ids.resend),
      NO_UUID,
    ),
    'Query.calcomBooking': idOf(
      world.bookings.map(({ uid }) => uid),
      'nobody',
    ),
    'Query.calcomBookings': fc.record({ attendeeEmail: oneOf(emails) }, { requiredKeys: [] }),
    'Query.pdlEnrichPerson': addressed.map((one) => ({ email: one })),
    'Query.pdlEnrichCompany': oneOf(domains).map((one) => ({ website: one })),
    'Person.tickets': ticketStatus,
    'Account.tickets': ticketStatus,
    'Account.invoices': invoiceStatus,
  };
}

/** However they are spelled, once. */
function distinct(keys: readonly string[]): string[] {
  return [...new Set(keys.map((key) => key.toLowerCase()))];
}

const NO_UUID = '00000000-0000-4000-8000-000000000000';
const STRANGERS = ['nobody@brightforge.io', 'x@nowhere.example', 'ada.lindqvist+work@brightforge.io', 'nonsense', ''];

/** One or two of the words, as they stand or only how they begin. */
function wordsFrom(...words: readonly string[]): fc.Arbitrary<string> {
  const plain = words.filter((word) => /^[A-Za-z][A-Za-z.]+$/.test(word));
  if (plain.length === 0) return fc.constant('Lindqvist');
  return fc
    .tuple(fc.subarray(plain, { minLength: 1, maxLength: Math.min(2, plain.length) }), fc.boolean())
    .map(([some, whole]) => some.map((word) => (whole ? word : word.slice(0, 3))).join(' '));
}

/** However people type it. */
function typed(text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(text, fc.constantFrom('plain', 'plain', 'shouted', 'padded'))
    .map(([one, how]) => (how === 'shouted' ? one.toUpperCase() : how === 'padded' ? ` ${one} ` : one));
}
