/** What `GET /world` shows: which ids, addresses and domains exist where, so that a test or demo can pick real ones. */
import { VENDOR_NAMES, type VendorName } from './vendor-name.ts';
import type { World, WorldCompany, WorldPerson } from './world.ts';

export function reportWorld(world: World) {
  return {
    seed: world.seed,
    now: world.now,
    counts: countRecords(world),
    emails: world.people.map(({ email }) => email),
    domains: world.companies.map(({ domain }) => domain),
    companies: world.companies.map(reportCompany),
    people: world.people.map((person) => reportPerson(world, person)),
    ids: reportIds(world),
  };
}

function countRecords(world: World): Record<string, number> {
  return Object.fromEntries(
    Object.entries(world).flatMap(([name, records]) => (Array.isArray(records) ? [[name, records.length]] : [])),
  );
}

function reportCompany({ name, domain, ids }: WorldCompany) {
  return { name, domain, ids };
}

function reportPerson(world: World, person: WorldPerson) {
  const company = person.companyIndex === null ? undefined : world.companies[person.companyIndex];
  return {
    name: `${person.firstName} ${person.lastName}`,
    email: person.email,
    companyDomain: company?.domain ?? null,
    ids: person.ids,
  };
}

function reportIds(world: World): Record<VendorName, Record<string, (string | number)[]>> {
  const of = <T extends string | number>(values: readonly (T | undefined)[]) =>
    values.filter((value) => value !== undefined);
  const idsOf = <T extends string | number>(records: readonly { id: T }[]) => records.map(({ id }) => id);
  const { companies, people } = world;
  const ids: Record<VendorName, Record<string, (string | number)[]>> = {
    hubspot: {
      contacts: of(people.map((person) => person.ids.hubspot)),
      companies: of(companies.map((company) => company.ids.hubspot)),
      deals: idsOf(world.deals),
      owners: world.owners.map(({ hubspotId }) => hubspotId),
    },
    stripe: {
      customers: of(companies.map((company) => company.ids.stripe)),
      products: idsOf(world.products),
      prices: idsOf(world.prices),
      subscriptions: idsOf(world.subscriptions),
      invoices: idsOf(world.invoices),
      charges: idsOf(world.charges),
      refunds: idsOf(world.refunds),
    },
    zendesk: {
      tickets: idsOf(world.tickets),
      users: [
        ...new Set([
          ...of(people.map((person) => person.ids.zendesk)),
          ...world.owners.map((owner) => owner.zendeskId),
        ]),
      ],
      organizations: of(companies.map((company) => company.ids.zendesk)),
    },
    slack: { users: of(people.map((person) => person.ids.slack)), channels: idsOf(world.channels) },
    resend: {
      contacts: of(people.map((person) => person.ids.resend)),
      emails: idsOf(world.emails),
      domains: idsOf(world.emailDomains),
    },
    pdl: {
      people: of(people.map((person) => person.ids.pdl)),
      companies: of(companies.map((company) => company.ids.pdl)),
    },
    calcom: { eventTypes: idsOf(world.eventTypes), bookings: world.bookings.map(({ uid }) => uid) },
    bamboohr: { employees: idsOf(world.employees), timeOff: idsOf(world.timeOff) },
  };
  return Object.fromEntries(VENDOR_NAMES.map((vendor) => [vendor, ids[vendor]])) as typeof ids; // same keys, port order
}
