/**
 * The graph by hand: what every field of a type is, as links between the world's own records. It knows nothing of joins,
 * keys or vendors; `world-answers.ts` evaluates whole queries over it.
 */
import type {
  World,
  WorldBooking,
  WorldComment,
  WorldCompany,
  WorldDeal,
  WorldEmail,
  WorldEmployee,
  WorldOwner,
  WorldPerson,
  WorldTicket,
} from '../../../src/sandbox/world.ts';
import { createOracle, fullName } from '../oracle.ts';
import { inOrderOfAccounts, inOrderOfPeople } from './world-order.ts';
import { listing } from './world-page.ts';
import { createSearch } from './world-search.ts';

export interface LinkOptions {
  /**
   * Nobody is unknown: somebody whom no system has is a person without anything. What the graph says while a system that
   * could know better is failing.
   */
  everybody: boolean;
}

/** Values of arguments, defaults included. */
// biome-ignore lint/suspicious/noExplicitAny: each field knows its own
export type Args = any;
/** A field's value; lists that are paged are a Listing. */
export type Link<Row> = (row: Row, args: Args) => unknown;
/** By type, then by field. */
export type Links = Readonly<Record<string, Readonly<Record<string, Link<never>>>>>;

interface Human {
  email: string;
  /** Undefined: somebody the world does not have. */
  person: WorldPerson | undefined;
  /** As met on the way here. */
  met: string | null;
}

interface Firm {
  domain: string;
  company: WorldCompany | undefined;
  met: string | null;
}

interface Billed {
  companyIndex: number;
}

export function createLinks(world: World, { everybody }: LinkOptions): Links {
  const oracle = createOracle(world);
  const { people, companies } = world;
  const byEmail = new Map(people.map((person) => [person.email, person]));
  const byDomain = new Map(companies.map((company) => [company.domain, company]));
  const employeeOf = new Map(world.employees.map((employee) => [employee.personIndex, employee]));
  const billedTo = new Map(companies.map((company) => [company.billingPersonIndex, company]));

  const human = (person: WorldPerson | undefined, met: string | null = null): Human | null =>
    person ? { email: person.email, person, met } : null;
  const humanAt = (index: number | null | undefined, met?: string): Human | null => {
    const person = index == null ? undefined : people[index];
    return human(person, met ?? (person && fullName(person)) ?? null);
  };
  const nameless = (index: number): Human | null => human(people[index]);
  const firm = (company: WorldCompany | undefined, met: string | null = company?.name ?? null): Firm | null =>
    company ? { domain: company.domain, company, met } : null;
  const companyAt = (index: number | null): WorldCompany | undefined => (index === null ? undefined : companies[index]);
  const domainOf = (email: string): string => email.slice(email.indexOf('@') + 1);
  const withIds = <Id extends string | number>(rows: readonly Id[], of: ReadonlyMap<string, unknown>) =>
    rows.flatMap((id) => of.get(String(id)) ?? []);
  const keyed = <Row>(rows: readonly Row[], key: (row: Row) => string | number | undefined | null) =>
    new Map(rows.flatMap((row) => (key(row) == null ? [] : [[String(key(row)), row] as const])));

  const tickets = keyed(world.tickets, ({ id }) => id);
  const deals = keyed(world.deals, ({ id }) => id);
  const bookings = keyed(world.bookings, ({ uid }) => uid);
  const emails = keyed(world.emails, ({ id }) => id);
  const subscriptions = keyed(world.subscriptions, ({ id }) => id);
  const invoices = keyed(world.invoices, ({ id }) => id);
  const charges = keyed(world.charges, ({ id }) => id);
  const contacts = keyed(people, ({ ids }) => ids.hubspot);
  const crmCompanies = keyed(companies, ({ ids }) => ids.hubspot);
  const owners = keyed(world.owners, ({ hubspotId }) => hubspotId);
  const customers = keyed(companies, ({ ids }) => ids.stripe);
  const users = keyed(people, oracle.zendeskIdOf);
  const organizations = keyed(companies, ({ ids }) => ids.zendesk);
  const members = keyed(people, ({ ids }) => ids.slack);
  const subscribers = keyed(people, ({ ids }) => ids.resend);
  const employees = keyed(world.employees, ({ id }) => id);

  const crmPeople = oracle.contacts();
  const crmFirms = oracle.companies();
  const newestInvoices = newestFirst(world.invoices);
  const allCharges = listing(newestFirst(world.charges).map((charge) => [charge.id, charge]));
  const search = createSearch(world, oracle);
  const allEmails = listing([...emails].toReversed());

  const owned = ({ ownerIndex }: { ownerIndex: number | null }) => oracle.ownerOf(ownerIndex) ?? null;
  const accountBilled = ({ companyIndex }: Billed) => firm(companyAt(companyIndex));
  const only = <Row>(row: Row | undefined, has: (row: Row) => unknown): Row | null => (row && has(row) ? row : null);
  const byId = (rows: ReadonlyMap<string, unknown>): Link<unknown> => {
    return (_root, { id }: { id: string }) => rows.get(id) ?? null;
  };
  const ascending = (rows: ReadonlyMap<string, unknown>): Link<unknown> => {
    const all = listing([...rows].toSorted(([one], [other]) => Number(one) - Number(other)));
    return () => all;
  };
  const statusIn = (statuses: readonly string[] | null | undefined) => statuses ?? undefined;
  const humans = (rows: readonly WorldPerson[]) =>
    listing(rows.map((person) => [person.email, humanAt(person.index)] as const));
  const keys = (rows: ReadonlyMap<string, unknown>, ids: readonly string[]) =>
    listing(withIds(ids, rows).map((row, index) => [ids[index] ?? '', row] as const));

  return {
    Query: {
      person: (_root: never, { email }: { email: string }) => {
        const address = email.trim().toLowerCase();
        const person = byEmail.get(address);
        if (person && (everybody || oracle.person(person))) return human(person);
        return everybody ? { email: address, person: undefined, met: null } : null;
      },
      people: (_root: never, { filter, sort }: Args) =>
        humans(inOrderOfPeople(crmPeople.filter(isWantedPerson(filter ?? {}, world)), sort)),
      account: (_root: never, { domain }: { domain: string }) => {
        const host = domain.trim().toLowerCase();
        const company = byDomain.get(host);
        if (company && (everybody || oracle.account(company))) return firm(company, null);
        return everybody ? { domain: host, company: undefined, met: null } : null;
      },
      accounts: (_root: never, { filter, sort }: Args) =>
        listing(
          inOrderOfAccounts(crmFirms.filter(isWantedCompany(filter ?? {})), sort).map(
            (company) => [company.domain, firm(company)] as const,
          ),
        ),
      hubspotContact: byId(contacts),
      hubspotContacts: ascending(contacts),
      hubspotCompany: byId(crmCompanies),
      hubspotCompanies: ascending(crmCompanies),
      hubspotDeal: byId(deals),
      hubspotDeals: ascending(deals),
      hubspotOwner: byId(owners),
      stripeCustomer: byId(customers),
      stripeSubscription: byId(subscriptions),
      stripeInvoice: byId(invoices),
      stripeInvoices: (_root: never, { customer, status }: Args) =>
        listing(
          newestInvoices
            .filter(
              (one) =>
                (!status || one.status === status) &&
                (!customer || companies[one.companyIndex]?.ids.stripe === customer),
            )
            .map((invoice) => [invoice.id, invoice]),
        ),
      stripeCharge: byId(charges),
      stripeCharges: () => allCharges,
      zendeskTicket: byId(tickets),
      zendeskTickets: ascending(tickets),
      zendeskTicketComments: (_root: never, { id }: { id: string }) =>
        listing(((tickets.get(id) as WorldTicket | undefined)?.comments ?? []).map((one) => [String(one.id), one])),
      zendeskUser: byId(users),
      zendeskUsers: ascending(users),
      zendeskOrganization: byId(organizations),
      zendeskOrganizations: ascending(organizations),
      zendeskSearch: (_root: never, args: Args) => listing(search(args)),
      slackUser: byId(members),
      slackUserByEmail: (_root: never, { email }: { email: string }) =>
        only(byEmail.get(email.trim().toLowerCase()), ({ ids }) => ids.slack),
      slackConversationHistory: (_root: never, { channel }: { channel: string }) =>
        listing(
          world.messages
            .filter(({ channelId, threadTs }) => channelId === channel && threadTs === null)
            .toSorted((one, other) => Number(other.ts) - Number(one.ts))
            .map((message) => [message.ts, message] as const),
        ),
      resendEmail: byId(emails),
      resendEmails: () => allEmails,
      resendContact: byId(subscribers),
      calcomBooking: byId(bookings),
      calcomBookings: (_root: never, { attendeeEmail }: Args) =>
        listing(
          world.bookings
            .filter(
              ({ attendeeIndexes }) =>
                !attendeeEmail || attendeeIndexes.some((index) => people[index]?.email === attendeeEmail),
            )
            .toSorted((one, other) => one.id - other.id)
            .map((booking) => [booking.uid, booking] as const),
        ),
      bamboohrEmployees: ascending(employees),
      pdlEnrichPerson: (_root: never, { email }: { email: string }) => only(byEmail.get(email), ({ ids }) => ids.pdl),
      pdlEnrichCompany: (_root: never, { website }: { website: string }) =>
        only(byDomain.get(website), ({ ids }) => ids.pdl),
    },
    Person: {
      email: ({ email }: Human) => email,
      identities: ({ person }: Human) => (person ? oracle.identitiesOf(person) : []),
      name: ({ person, met }: Human) => {
        if (!person) return met;
        if (person.ids.hubspot) return fullName(person);
        if (met !== null) return met;
        const isNamed = oracle.zendeskIdOf(person) ?? person.ids.slack ?? employeeOf.get(person.index);
        return isNamed ? fullName(person) : null;
      },
      contact: ({ person }: Human) => only(person, ({ ids }) => ids.hubspot),
      customer: ({ person }: Human) => (person && billedTo.get(person.index)) ?? null,
      requester: ({ person }: Human) => only(person, oracle.zendeskIdOf),
      tickets: ({ person }: Human, { status }: Args) =>
        keys(tickets, person ? oracle.ticketsOf(person, statusIn(status)) : []),
      slackUser: ({ person }: Human) => only(person, ({ ids }) => ids.slack),
      emails: ({ person }: Human) => keys(emails, person ? oracle.emailsOf(person) : []),
      bookings: ({ person }: Human) => keys(bookings, person ? oracle.bookingsOf(person) : []),
      employee: ({ person }: Human) => (person && employeeOf.get(person.index)) ?? null,
      profile: ({ person }: Human) => only(person, ({ ids }) => ids.pdl),
      account: ({ email }: Human) => {
        const domain = domainOf(email);
        const company = byDomain.get(domain);
        if (company) return firm(company, null);
        // Whoever else the world has writes from a free-mail address.
        return byEmail.has(email) ? null : { domain, company: undefined, met: null };
      },
    },
    Account: {
      domain: ({ domain }: Firm) => domain,
      identities: ({ company }: Firm) => (company ? oracle.identitiesOfCompany(company) : []),
      name: ({ company, met }: Firm) => {
        if (!company) return met;
        if (company.ids.hubspot) return company.name;
        return met ?? (company.ids.stripe || company.ids.zendesk ? company.name : null);
      },
      company: ({ company }: Firm) => only(company, ({ ids }) => ids.hubspot),
      owner: ({ company }: Firm) => (company?.ids.hubspot ? owned(company) : null),
      deals: ({ company }: Firm) => keys(deals, company ? oracle.dealsOf(company) : []),
      customer: ({ company }: Firm) => only(company, ({ ids }) => ids.stripe),
      subscriptions: ({ company }: Firm) => keys(subscriptions, company ? oracle.subscriptionsOf(company) : []),
      invoices: ({ company }: Firm, { status }: Args) =>
        keys(invoices, company ? oracle.invoicesOf(company, status ?? undefined) : []),
      tickets: ({ company }: Firm, { status }: Args) =>
        keys(tickets, company ? oracle.ticketsOfCompany(company, statusIn(status)) : []),
      people: ({ company }: Firm) =>
        humans((company ? oracle.peopleOf(company) : []).flatMap((email) => byEmail.get(email) ?? [])),
      profile: ({ company }: Firm) => only(company, ({ ids }) => ids.pdl),
    },
    Identity: plain('vendor', 'id', 'matchedBy', 'confidence', 'conflict'),
    HubspotContact: {
      id: ({ ids }: WorldPerson) => ids.hubspot,
      properties: (person: WorldPerson) => person,
      person: (person: WorldPerson) => human(person),
      owner: owned,
    },
    HubspotContactProperties: {
      email: ({ email }: WorldPerson) => email,
      firstname: ({ firstName }: WorldPerson) => firstName,
      lastname: ({ lastName }: WorldPerson) => lastName,
      jobtitle: ({ jobTitle }: WorldPerson) => jobTitle,
      lifecyclestage: ({ lifecycleStage }: WorldPerson) => lifecycleStage,
    },
    HubspotCompany: {
      id: ({ ids }: WorldCompany) => ids.hubspot,
      properties: (company: WorldCompany) => company,
      account: (company: WorldCompany) => firm(company),
      owner: owned,
    },
    HubspotCompanyProperties: {
      name: ({ name }: WorldCompany) => name,
      domain: ({ domain }: WorldCompany) => domain,
      industry: ({ industry }: WorldCompany) => industry,
      country: ({ country }: WorldCompany) => country,
    },
    HubspotDeal: {
      id: ({ id }: WorldDeal) => id,
      properties: (deal: WorldDeal) => deal,
      account: accountBilled,
      owner: owned,
    },
    HubspotDealProperties: {
      dealname: ({ name }: WorldDeal) => name,
      amount: ({ amount }: WorldDeal) => amount,
      dealstage: ({ stage }: WorldDeal) => stage,
    },
    HubspotOwner: {
      id: ({ hubspotId }: WorldOwner) => hubspotId,
      email: ({ personIndex }: WorldOwner) => people[personIndex]?.email,
      person: ({ personIndex }: WorldOwner) => humanAt(personIndex),
    },
    StripeCustomer: {
      id: ({ ids }: WorldCompany) => ids.stripe,
      name: ({ name }: WorldCompany) => name,
      account: (company: WorldCompany) => firm(company),
      person: ({ billingPersonIndex }: WorldCompany) => nameless(billingPersonIndex ?? -1),
    },
    StripeSubscription: { ...plain('id', 'status'), customer: customerOf, account: accountBilled },
    StripeInvoice: { ...plain('id', 'number', 'status'), customer: customerOf, account: accountBilled },
    StripeCharge: { ...plain('id', 'status', 'currency'), customer: customerOf, account: accountBilled },
    ZendeskUser: {
      id: oracle.zendeskIdOf,
      name: fullName,
      person: (person: WorldPerson) => humanAt(person.index),
    },
    ZendeskTicket: {
      ...plain('id', 'subject', 'status', 'priority'),
      requester: ({ requesterIndex }: WorldTicket) => humanAt(requesterIndex),
      assignee: ({ assigneeIndex }: WorldTicket) => humanAt(oracle.ownerOf(assigneeIndex)?.personIndex),
      account: ({ companyIndex }: WorldTicket) => firm(companyAt(companyIndex)),
    },
    ZendeskComment: {
      ...plain('id', 'body'),
      author: ({ author }: WorldComment) =>
        humanAt('personIndex' in author ? author.personIndex : oracle.ownerOf(author.ownerIndex)?.personIndex),
    },
    ZendeskOrganization: {
      id: ({ ids }: WorldCompany) => ids.zendesk,
      name: ({ name }: WorldCompany) => name,
      account: (company: WorldCompany) => firm(company),
    },
    SlackUser: {
      id: ({ ids }: WorldPerson) => ids.slack,
      real_name: fullName,
      person: (person: WorldPerson) => humanAt(person.index),
    },
    SlackMessage: {
      ...plain('ts', 'text'),
      author: ({ personIndex }: { personIndex: number }) => only(people[personIndex], ({ ids }) => ids.slack),
    },
    ResendEmail: {
      ...plain('id', 'subject'),
      recipients: ({ toIndexes }: WorldEmail) => toIndexes.map(nameless),
    },
    ResendContact: {
      id: ({ ids }: WorldPerson) => ids.resend,
      person: (person: WorldPerson) => humanAt(person.index),
    },
    CalcomBooking: {
      ...plain('uid', 'title', 'status'),
      attendees: ({ attendeeIndexes }: WorldBooking) => attendeeIndexes.map((index) => humanAt(index)),
    },
    BamboohrEmployee: {
      employeeId: ({ id }: WorldEmployee) => id,
      status: ({ status }: WorldEmployee) => status,
      person: ({ personIndex }: WorldEmployee) => humanAt(personIndex),
    },
    PdlPerson: {
      id: ({ ids }: WorldPerson) => ids.pdl,
      person: (person: WorldPerson) => human(person, fullName(person).toLowerCase()),
    },
    PdlCompany: {
      id: ({ ids }: WorldCompany) => ids.pdl,
      website: ({ domain }: WorldCompany) => domain,
      account: (company: WorldCompany) => firm(company, company.name.toLowerCase()),
    },
  };

  function customerOf({ companyIndex }: Billed) {
    return companies[companyIndex]?.ids.stripe;
  }
}

/** Fields that the world has under the same name. */
function plain(...names: readonly string[]): Record<string, Link<never>> {
  return Object.fromEntries(names.map((name) => [name, (row: object) => Reflect.get(row, name)]));
}

function newestFirst<Row extends { createdAt: string }>(rows: readonly Row[]): Row[] {
  const seconds = new Map(rows.map((row) => [row, Math.floor(Date.parse(row.createdAt) / 1_000)]));
  return rows.toSorted((one, other) => (seconds.get(other) ?? 0) - (seconds.get(one) ?? 0));
}

function isWantedPerson({ emails, lifecycleStage, search }: Args, { companies }: World) {
  const wanted = emails && new Set(emails.map((email: string) => email.trim().toLowerCase()));
  return ({ email, lifecycleStage: stage, firstName, lastName, companyIndex }: WorldPerson): boolean =>
    (!wanted || wanted.has(email)) &&
    (!lifecycleStage || stage === lifecycleStage) &&
    (!search || begins(search, [firstName, lastName, email, companies[companyIndex ?? -1]?.name]));
}

function isWantedCompany({ domains, industry, country, search }: Args) {
  const wanted = domains && new Set(domains.map((domain: string) => domain.trim().toLowerCase()));
  return (company: WorldCompany): boolean =>
    (!wanted || wanted.has(company.domain)) &&
    (!industry || company.industry === industry) &&
    (!country || company.country === country) &&
    (!search || begins(search, [company.name, company.domain]));
}

/** The CRM's search: every word looked for begins one of the words. */
function begins(wanted: string, texts: readonly (string | undefined)[]): boolean {
  const words = texts.flatMap((text) => wordsOf(text ?? ''));
  return wordsOf(wanted).every((start) => words.some((word) => word.startsWith(start)));
}

function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}
