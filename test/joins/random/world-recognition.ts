/**
 * Who is who, by hand: which record of each system a person's address and a company's domain lead to, under the default rules
 * and some aliases, as docs/joins.md tells it. Nothing of src/joins is used.
 */
import { FREE_MAIL_DOMAINS } from '../../../src/sandbox/generate/words/names.ts';
import type {
  World,
  WorldBooking,
  WorldCompany,
  WorldEmail,
  WorldEmployee,
  WorldPerson,
} from '../../../src/sandbox/world.ts';
import type { Oracle } from '../oracle.ts';
import { type Aliases, finder, spellingsIn } from './spellings.ts';
import { createHelpdesk, type Helpdesk } from './world-helpdesk.ts';

type Mailer = keyof WorldPerson['spelling'];

export interface Recognition {
  /** Lower case, as the system has it. */
  addressIn(system: Mailer, person: WorldPerson): string;
  personKey(address: string): string;
  accountKey(domain: string): string;
  /** Null for free mail. */
  accountKeyOfEmail(address: string): string | null;
  isKnown(email: string): boolean;
  isKnownDomain(domain: string): boolean;
  contactOf(email: string): WorldPerson | null;
  customerOf(email: string): WorldCompany | null;
  memberOf(email: string): WorldPerson | null;
  employeeOf(email: string): WorldEmployee | null;
  profileOf(email: string): WorldPerson | null;
  /** All whose tickets are theirs. */
  usersOf(email: string): readonly WorldPerson[];
  users: Helpdesk<WorldPerson>;
  bookingsOf(email: string): WorldBooking[];
  emailsOf(email: string): WorldEmail[];
  companyOf(domain: string): WorldCompany | null;
  payerOf(domain: string): WorldCompany | null;
  companyProfileOf(domain: string): WorldCompany | null;
  organizations: Helpdesk<WorldCompany>;
  /** The domain a customer names. */
  domainOfCustomer(company: WorldCompany): string | null;
  /** Addresses, lower case. */
  mailOfCustomer(company: WorldCompany): readonly string[];
  mailOfEmployee(employee: WorldEmployee): readonly string[];
  domainsOfOrganization(company: WorldCompany): readonly string[];
  /** The CRM's id that a row of the helpdesk carries. */
  externalIdOf(row: WorldPerson | WorldCompany): string | null;
  subscriberOf(email: string): WorldPerson | null;
}

export function createRecognition(world: World, aliases: Aliases, oracle: Oracle): Recognition {
  const { people, companies } = world;
  const [addresses, domains] = [spellingsIn(aliases.person), spellingsIn(aliases.account)];
  const freeMail: ReadonlySet<string> = new Set(FREE_MAIL_DOMAINS);
  const personAt = (index: number | null): WorldPerson | undefined => people[index ?? -1];

  const addressIn = (system: Mailer, person: WorldPerson) => (person.spelling[system] ?? person.email).toLowerCase();
  const mailOfCustomer = (company: WorldCompany): string[] => {
    const person = personAt(company.billingPersonIndex);
    return person ? [addressIn('stripe', person)] : [];
  };
  const domainOfCustomer = ({ spelling, domain }: WorldCompany) =>
    spelling?.stripe === undefined ? domain : spelling.stripe;
  const domainsOfOrganization = ({ spelling, domain }: WorldCompany) => spelling?.zendesk ?? [domain];
  const mailOfEmployee = ({ personIndex }: WorldEmployee) =>
    [personAt(personIndex)].flatMap((person) => (person ? [addressIn('bamboohr', person)] : []));

  const contacts = people.filter(({ ids }) => ids.hubspot);
  const userRows = people.filter((person) => oracle.zendeskIdOf(person) !== null);
  const customers = oldestFirst(companies, ({ ids }) => ids.stripe);
  const crmCompanies = oldestFirst(companies, ({ ids }) => ids.hubspot);
  const organizationRows = oldestFirst(companies, ({ ids }) => ids.zendesk);
  const byAddress = <Row>(rows: readonly Row[], of: (row: Row) => readonly string[]) => finder(rows, of, addresses);
  const byDomain = <Row>(rows: readonly Row[], of: (row: Row) => readonly string[]) => finder(rows, of, domains);
  const addressed = (system: Mailer) => (person: WorldPerson) => [addressIn(system, person)];

  const contactOf = byAddress(contacts, ({ email }) => [email]);
  const customerOf = byAddress(customers, mailOfCustomer);
  const memberOf = byAddress(
    people.filter(({ ids }) => ids.slack),
    addressed('slack'),
  );
  const subscriberOf = byAddress(
    people.filter(({ ids }) => ids.resend),
    addressed('resend'),
  );
  const employeeOf = byAddress(world.employees, mailOfEmployee);
  const userByAddress = byAddress(userRows, addressed('zendesk'));
  const userAtAddress = finder(userRows, addressed('zendesk'), spellingsIn({}));
  const companyOf = byDomain(crmCompanies, ({ domain }) => [domain]);
  const payerByDomain = byDomain(customers, (company) => [domainOfCustomer(company) ?? []].flat());
  const organizationByDomain = byDomain(organizationRows, domainsOfOrganization);

  const contactIds = new Map(contacts.map((person) => [person.ids.hubspot, person]));
  const companyIds = new Map(crmCompanies.map((company) => [company.ids.hubspot, company]));
  const externalIdOf = ({ ids, externalIds }: WorldPerson | WorldCompany) =>
    externalIds?.zendesk === undefined ? (ids.hubspot ?? null) : externalIds.zendesk;
  const users = createHelpdesk<WorldPerson, WorldPerson>({
    rows: userRows,
    ownKey: { name: 'email', confidence: 0.95 },
    ownKeysOf: addressed('zendesk'),
    externalIdOf,
    bySpelling: userAtAddress,
    crmByKey: contactOf,
    crmById: (id) => contactIds.get(id) ?? null,
    idOfCrm: ({ ids }) => ids.hubspot,
    keyOfCrm: ({ email }) => addresses.canonical(email),
    spellings: addresses,
  });
  const organizations = createHelpdesk<WorldCompany, WorldCompany>({
    rows: organizationRows,
    ownKey: { name: 'domain_names', confidence: 0.9 },
    ownKeysOf: domainsOfOrganization,
    externalIdOf,
    bySpelling: finder(organizationRows, domainsOfOrganization, spellingsIn({})),
    crmByKey: companyOf,
    crmById: (id) => companyIds.get(id) ?? null,
    idOfCrm: ({ ids }) => ids.hubspot,
    keyOfCrm: ({ domain }) => domains.canonical(domain),
    spellings: domains,
  });

  /** Rows by everybody they concern. */
  const byPerson = <Row>(rows: readonly Row[], system: Mailer, indexesOf: (row: Row) => readonly number[]) => {
    const emailsIn = (row: Row) =>
      new Set(
        indexesOf(row).flatMap((index) => [personAt(index)].flatMap((one) => (one ? canonicalIn(system, one) : []))),
      );
    const pairs = rows.flatMap((row) => [...emailsIn(row)].map((email) => ({ email, row })));
    const grouped = Map.groupBy(pairs, ({ email }) => email);
    return (email: string): Row[] => (grouped.get(email) ?? []).map(({ row }) => row);
  };
  const canonicalIn = (system: Mailer, person: WorldPerson) => addresses.canonical(addressIn(system, person));
  const bookingsOf = byPerson(
    world.bookings.toSorted((one, other) => Date.parse(other.start) - Date.parse(one.start) || one.id - other.id),
    'calcom',
    ({ attendeeIndexes }) => attendeeIndexes,
  );
  const emailsOf = byPerson(world.emails.toReversed(), 'resend', ({ toIndexes }) => toIndexes);

  return {
    addressIn,
    personKey: addresses.canonical,
    accountKey: domains.canonical,
    accountKeyOfEmail(address) {
      const domain = address.slice(address.indexOf('@') + 1);
      return freeMail.has(domain) ? null : domains.canonical(domain);
    },
    isKnown: (email) =>
      [contactOf, customerOf, userByAddress, memberOf, employeeOf, subscriberOf].some((find) => find(email)) ||
      bookingsOf(email).length > 0,
    isKnownDomain: (domain) => [companyOf, payerByDomain, organizationByDomain].some((find) => find(domain)),
    contactOf,
    customerOf,
    memberOf,
    subscriberOf,
    employeeOf,
    mailOfCustomer,
    mailOfEmployee,
    profileOf: byAddress(
      people.filter(({ ids }) => ids.pdl),
      ({ email }) => [email],
    ),
    users,
    usersOf(email) {
      const requester = users.rowOf(email);
      const others =
        addresses.of(email).slice(1).length === 0 ? [] : addresses.of(email).flatMap((one) => userAtAddress(one) ?? []);
      return [...new Set([...(requester ? [requester] : []), ...others.filter((user) => users.isOf(user, email))])];
    },
    bookingsOf,
    emailsOf,
    companyOf,
    payerOf: payerByDomain,
    companyProfileOf: byDomain(
      companies.filter(({ ids }) => ids.pdl),
      ({ domain }) => [domain],
    ),
    organizations,
    domainOfCustomer,
    domainsOfOrganization,
    externalIdOf,
  };
}

/** By the second; ids tell of those that are equal. */
function oldestFirst(
  companies: readonly WorldCompany[],
  idOf: (company: WorldCompany) => string | number | undefined,
): WorldCompany[] {
  return companies
    .filter((company) => idOf(company) !== undefined)
    .toSorted((one, other) => Date.parse(one.createdAt) - Date.parse(other.createdAt));
}
