/**
 * The graph by hand: what every field of a type is, as links between the world's own records. Who is who, world-recognition.ts
 * says; `world-answers.ts` evaluates whole queries over it.
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
import { type Aliases, NO_ALIASES } from './spellings.ts';
import { createIdentities } from './world-identities.ts';
import { inOrderOfAccounts, inOrderOfPeople } from './world-order.ts';
import { listing } from './world-page.ts';
import { createRecognition, type Recognition } from './world-recognition.ts';
import { createSearch } from './world-search.ts';

export interface LinkOptions {
  /**
   * Nobody is unknown: somebody whom no system has is a person without anything. What the graph says while a system that
   * could know better is failing.
   */
  everybody: boolean;
  /** Of schema/identity.yaml. @default none */
  aliases?: Aliases;
}

/** Values of arguments, defaults included. */
// biome-ignore lint/suspicious/noExplicitAny: each field knows its own
export type Args = any;
/** A field's value; lists that are paged are a Listing. */
export type Link<Row> = (row: Row, args: Args) => unknown;
/** By type, then by field. */
export type Links = Readonly<Record<string, Readonly<Record<string, Link<never>>>>>;

interface Human {
  /** Canonical. */
  email: string;
  /** As met on the way here. */
  met: string | null;
}

interface Firm {
  /** Canonical. */
  domain: string;
  met: string | null;
}

interface Billed {
  companyIndex: number;
}

export function createLinks(world: World, { everybody, aliases = NO_ALIASES }: LinkOptions): Links {
  const oracle = createOracle(world);
  const { people, companies } = world;
  const who = createRecognition(world, aliases, oracle);
  const { identitiesOf, identitiesOfAccount } = createIdentities(who, oracle);

  const human = (address: string, met: string | null = null): Human => ({ email: who.personKey(address), met });
  const humanIn = (system: 'zendesk' | 'slack' | 'calcom' | 'bamboohr', person: WorldPerson): Human =>
    human(who.addressIn(system, person), fullName(person));
  const firm = (domain: string, met: string | null = null): Firm => ({ domain: who.accountKey(domain), met });
  const companyAt = (index: number | null): WorldCompany | undefined => (index === null ? undefined : companies[index]);
  const personAt = (index: number | null | undefined): WorldPerson | undefined =>
    index == null ? undefined : people[index];
  const firmOfEmail = (address: string): Firm | null => {
    const domain = who.accountKeyOfEmail(address);
    return domain === null ? null : firm(domain);
  };
  /** A user of the helpdesk is whom its keys lead to. */
  const humanOfUser = (index: number | null | undefined): Human | null => {
    const user = personAt(index);
    const email = user && oracle.zendeskIdOf(user) !== null ? who.users.leadsTo(user) : null;
    return user && email !== null ? human(email, fullName(user)) : null;
  };
  const firmOfOrganization = (company: WorldCompany | undefined): Firm | null => {
    const domain = company?.ids.zendesk === undefined ? null : who.organizations.leadsTo(company);
    return company && domain !== null ? firm(domain, company.name) : null;
  };
  const firmOfCustomer = (company: WorldCompany | undefined): Firm | null => {
    const domain = company?.ids.stripe ? who.domainOfCustomer(company) : null;
    if (company && domain !== null) return firm(domain, company.name);
    const payer = personAt(company?.billingPersonIndex);
    return payer ? firmOfEmail(who.addressIn('stripe', payer)) : null;
  };
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
  const search = createSearch(world, oracle, who);
  const allEmails = listing([...emails].toReversed());

  const owned = ({ ownerIndex }: { ownerIndex: number | null }) => oracle.ownerOf(ownerIndex) ?? null;
  const accountBilled = ({ companyIndex }: Billed) => firmOfCustomer(companyAt(companyIndex));
  const only = <Row>(row: Row | undefined, has: (row: Row) => unknown): Row | null => (row && has(row) ? row : null);
  const byId = (rows: ReadonlyMap<string, unknown>): Link<unknown> => {
    return (_root, { id }: { id: string }) => rows.get(id) ?? null;
  };
  const ascending = (rows: ReadonlyMap<string, unknown>): Link<unknown> => {
    const all = listing([...rows].toSorted(([one], [other]) => Number(one) - Number(other)));
    return () => all;
  };
  const humans = (rows: readonly WorldPerson[]) =>
    listing(rows.map((person) => [person.ids.hubspot ?? '', human(person.email, fullName(person))] as const));
  const keys = (rows: ReadonlyMap<string, unknown>, ids: readonly string[]) =>
    listing(withIds(ids, rows).map((row, index) => [ids[index] ?? '', row] as const));

  return {
    Query: {
      person: (_root: never, { email }: { email: string }) => {
        const found = human(email.trim().toLowerCase());
        return everybody || who.isKnown(found.email) ? found : null;
      },
      people: (_root: never, { filter, sort }: Args) =>
        humans(inOrderOfPeople(crmPeople.filter(isWantedPerson(filter ?? {}, world, who)), sort)),
      account: (_root: never, { domain }: { domain: string }) => {
        const found = firm(domain.trim().toLowerCase());
        return everybody || who.isKnownDomain(found.domain) ? found : null;
      },
      accounts: (_root: never, { filter, sort }: Args) =>
        listing(
          inOrderOfAccounts(crmFirms.filter(isWantedCompany(filter ?? {}, who)), sort).map(
            (company) => [company.ids.hubspot ?? '', firm(company.domain, company.name)] as const,
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
        [...members.values()].find((person) => who.addressIn('slack', person) === email.trim().toLowerCase()) ?? null,
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
                !attendeeEmail || attendeeIndexes.some((index) => attends(personAt(index), attendeeEmail)),
            )
            .toSorted((one, other) => one.id - other.id)
            .map((booking) => [booking.uid, booking] as const),
        ),
      bamboohrEmployees: ascending(employees),
      pdlEnrichPerson: (_root: never, { email }: { email: string }) =>
        people.find((one) => one.ids.pdl && one.email === email) ?? null,
      pdlEnrichCompany: (_root: never, { website }: { website: string }) =>
        companies.find((one) => one.ids.pdl && one.domain === website) ?? null,
    },
    Person: {
      email: ({ email }: Human) => email,
      identities: ({ email }: Human) => identitiesOf(email),
      name: ({ email, met }: Human) => {
        const contact = who.contactOf(email);
        if (contact) return fullName(contact);
        const employee = who.employeeOf(email);
        const named = who.users.rowOf(email) ?? who.memberOf(email) ?? personAt(employee?.personIndex);
        return met ?? (named ? fullName(named) : null);
      },
      contact: ({ email }: Human) => who.contactOf(email),
      customer: ({ email }: Human) => who.customerOf(email),
      requester: ({ email }: Human) => who.users.rowOf(email),
      tickets: ({ email }: Human, { status }: Args) => {
        const users = new Set(who.usersOf(email).map(({ index }) => index));
        return ticketsWith(({ requesterIndex }) => users.has(requesterIndex), status);
      },
      slackUser: ({ email }: Human) => who.memberOf(email),
      emails: ({ email }: Human) => listing(who.emailsOf(email).map((one) => [one.id, one])),
      bookings: ({ email }: Human) => listing(who.bookingsOf(email).map((one) => [one.uid, one])),
      employee: ({ email }: Human) => who.employeeOf(email),
      profile: ({ email }: Human) => who.profileOf(email),
      account: ({ email }: Human) => firmOfEmail(email),
    },
    Account: {
      domain: ({ domain }: Firm) => domain,
      identities: ({ domain }: Firm) => identitiesOfAccount(domain),
      name: ({ domain, met }: Firm) =>
        who.companyOf(domain)?.name ??
        met ??
        who.payerOf(domain)?.name ??
        who.organizations.rowOf(domain)?.name ??
        null,
      company: ({ domain }: Firm) => who.companyOf(domain),
      owner: ({ domain }: Firm) => {
        const company = who.companyOf(domain);
        return company && owned(company);
      },
      deals: of(who.companyOf, (company) => keys(deals, oracle.dealsOf(company))),
      customer: ({ domain }: Firm) => who.payerOf(domain),
      subscriptions: of(who.payerOf, (company) => keys(subscriptions, oracle.subscriptionsOf(company))),
      invoices: of(who.payerOf, (company, { status }) =>
        keys(invoices, oracle.invoicesOf(company, status ?? undefined)),
      ),
      tickets: of(who.organizations.rowOf, ({ index }, { status }) =>
        ticketsWith(({ companyIndex }) => companyIndex === index, status),
      ),
      people: of(who.companyOf, ({ index }) =>
        humans(people.filter((one) => one.companyIndex === index && one.ids.hubspot)),
      ),
      profile: ({ domain }: Firm) => who.companyProfileOf(domain),
    },
    Identity: plain('vendor', 'id', 'matchedBy', 'confidence', 'conflict'),
    HubspotContact: {
      id: ({ ids }: WorldPerson) => ids.hubspot,
      properties: (person: WorldPerson) => person,
      person: (person: WorldPerson) => human(person.email, fullName(person)),
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
      account: ({ domain, name }: WorldCompany) => firm(domain, name),
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
      account: ({ companyIndex }: WorldDeal) => {
        const company = only(companyAt(companyIndex), ({ ids }) => ids.hubspot);
        return company && firm(company.domain, company.name);
      },
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
      person: ({ personIndex }: WorldOwner) => {
        const person = personAt(personIndex);
        return person ? human(person.email, fullName(person)) : null;
      },
    },
    StripeCustomer: {
      id: ({ ids }: WorldCompany) => ids.stripe,
      name: ({ name }: WorldCompany) => name,
      account: firmOfCustomer,
      person: ({ billingPersonIndex }: WorldCompany) => {
        const payer = personAt(billingPersonIndex);
        return payer ? human(who.addressIn('stripe', payer)) : null;
      },
    },
    StripeSubscription: { ...plain('id', 'status'), customer: customerOf, account: accountBilled },
    StripeInvoice: { ...plain('id', 'number', 'status'), customer: customerOf, account: accountBilled },
    StripeCharge: { ...plain('id', 'status', 'currency'), customer: customerOf, account: accountBilled },
    ZendeskUser: {
      id: oracle.zendeskIdOf,
      name: fullName,
      person: ({ index }: WorldPerson) => humanOfUser(index),
    },
    ZendeskTicket: {
      ...plain('id', 'subject', 'status', 'priority'),
      requester: ({ requesterIndex }: WorldTicket) => humanOfUser(requesterIndex),
      assignee: ({ assigneeIndex }: WorldTicket) => humanOfUser(oracle.ownerOf(assigneeIndex)?.personIndex),
      account: ({ companyIndex }: WorldTicket) => firmOfOrganization(companyAt(companyIndex)),
    },
    ZendeskComment: {
      ...plain('id', 'body'),
      author: ({ author }: WorldComment) =>
        humanOfUser('personIndex' in author ? author.personIndex : oracle.ownerOf(author.ownerIndex)?.personIndex),
    },
    ZendeskOrganization: {
      id: ({ ids }: WorldCompany) => ids.zendesk,
      name: ({ name }: WorldCompany) => name,
      account: firmOfOrganization,
    },
    SlackUser: {
      id: ({ ids }: WorldPerson) => ids.slack,
      real_name: fullName,
      person: (person: WorldPerson) => humanIn('slack', person),
    },
    SlackMessage: {
      ...plain('ts', 'text'),
      author: ({ personIndex }: { personIndex: number }) => only(people[personIndex], ({ ids }) => ids.slack),
    },
    ResendEmail: {
      ...plain('id', 'subject'),
      recipients: ({ toIndexes }: WorldEmail) =>
        eachOnce(toIndexes, (person) => human(who.addressIn('resend', person))),
    },
    ResendContact: {
      id: ({ ids }: WorldPerson) => ids.resend,
      person: (person: WorldPerson) =>
        human(who.addressIn('resend', person), person.lifecycleStage === 'subscriber' ? null : fullName(person)),
    },
    CalcomBooking: {
      ...plain('uid', 'title', 'status'),
      attendees: ({ attendeeIndexes }: WorldBooking) =>
        eachOnce(attendeeIndexes, (person) => humanIn('calcom', person)),
    },
    BamboohrEmployee: {
      employeeId: ({ id }: WorldEmployee) => id,
      status: ({ status }: WorldEmployee) => status,
      person: ({ personIndex }: WorldEmployee) => {
        const person = personAt(personIndex);
        return person ? humanIn('bamboohr', person) : null;
      },
    },
    PdlPerson: {
      id: ({ ids }: WorldPerson) => ids.pdl,
      person: (person: WorldPerson) => human(person.email, fullName(person).toLowerCase()),
    },
    PdlCompany: {
      id: ({ ids }: WorldCompany) => ids.pdl,
      website: ({ domain }: WorldCompany) => domain,
      account: ({ domain, name }: WorldCompany) => firm(domain, name.toLowerCase()),
    },
  };

  function of(
    find: (domain: string) => WorldCompany | null,
    list: (company: WorldCompany, args: Args) => unknown,
  ): Link<Firm> {
    return ({ domain }, args) => {
      const company = find(domain);
      return company ? list(company, args) : listing([]);
    };
  }

  /** Two addresses may be one person's. */
  function eachOnce(indexes: readonly number[], of: (person: WorldPerson) => Human): Human[] {
    const humans = indexes.flatMap((index) => [personAt(index)].flatMap((person) => (person ? [of(person)] : [])));
    return [...Map.groupBy(humans, ({ email }) => email).values()].flatMap(([first]) => first ?? []);
  }

  /** Newest first. */
  function ticketsWith(isTheirs: (ticket: WorldTicket) => boolean, status: readonly string[] | null | undefined) {
    const theirs = world.tickets.filter((one) => isTheirs(one) && (!status || status.includes(one.status)));
    return listing(newestFirst(theirs).map((ticket) => [String(ticket.id), ticket] as const));
  }

  function attends(person: WorldPerson | undefined, address: string): boolean {
    return person !== undefined && who.addressIn('calcom', person) === address;
  }

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

function isWantedPerson({ emails, lifecycleStage, search }: Args, { companies }: World, { personKey }: Recognition) {
  const wanted = emails && new Set(emails.map((email: string) => personKey(email.trim().toLowerCase())));
  return ({ email, lifecycleStage: stage, firstName, lastName, companyIndex }: WorldPerson): boolean =>
    (!wanted || wanted.has(personKey(email))) &&
    (!lifecycleStage || stage === lifecycleStage) &&
    (!search || begins(search, [firstName, lastName, email, companies[companyIndex ?? -1]?.name]));
}

function isWantedCompany({ domains, industry, country, search }: Args, { accountKey }: Recognition) {
  const wanted = domains && new Set(domains.map((domain: string) => accountKey(domain.trim().toLowerCase())));
  return (company: WorldCompany): boolean =>
    (!wanted || wanted.has(accountKey(company.domain))) &&
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
