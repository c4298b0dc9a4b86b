/**
 * What the joins must answer, worked out from the world's own records by index: no address is compared, no vendor asked.
 * Shapes are those of PERSON_FIELDS and ACCOUNT_FIELDS, so that answers can be compared as they come.
 */
import type { World, WorldCompany, WorldOwner, WorldPerson } from '../../src/sandbox/world.ts';

export const PERSON_FIELDS = `
  email name contact { id } customer { id } requester { id } slackUser { id } employee { employeeId } profile { id }
  account { domain }
`;

export const ACCOUNT_FIELDS = 'domain name company { id } owner { id } customer { id } profile { id }';

/** An entry of `identities`, as the default rules recognise. */
export interface KnownAs {
  vendor: string;
  id: string;
  matchedBy: string;
  confidence: number;
  conflict: null;
}

export interface Oracle {
  person(person: WorldPerson): unknown;
  account(company: WorldCompany): unknown;
  /** In the order the graph has them. */
  identitiesOf(person: WorldPerson): KnownAs[];
  identitiesOfCompany(company: WorldCompany): KnownAs[];
  /** Ids, in the order the graph promises. */
  ticketsOf(person: WorldPerson, statuses?: readonly string[]): string[];
  emailsOf(person: WorldPerson): string[];
  /** Uids. */
  bookingsOf(person: WorldPerson): string[];
  dealsOf(company: WorldCompany): string[];
  subscriptionsOf(company: WorldCompany): string[];
  invoicesOf(company: WorldCompany, status?: string): string[];
  ticketsOfCompany(company: WorldCompany, statuses?: readonly string[]): string[];
  /** Addresses. */
  peopleOf(company: WorldCompany): string[];
  /** People of the CRM, oldest first. */
  contacts(): WorldPerson[];
  /** Companies of the CRM, oldest first. */
  companies(): WorldCompany[];
  /** The agent's id for owners, whatever the world's person says. */
  zendeskIdOf(person: WorldPerson): string | null;
  ownerOf(index: number | null): WorldOwner | undefined;
}

export function createOracle(world: World): Oracle {
  const ownerOfPerson = new Map(world.owners.map((owner) => [owner.personIndex, owner]));
  const employeeOf = new Map(world.employees.map((employee) => [employee.personIndex, employee]));
  const billedTo = new Map(world.companies.map((company) => [company.billingPersonIndex, company]));
  const mailed = new Set(world.emails.flatMap(({ toIndexes }) => toIndexes));
  const booked = new Set(world.bookings.flatMap(({ attendeeIndexes }) => attendeeIndexes));
  const domains = new Set(world.companies.map(({ domain }) => domain));

  const zendeskIdOf = ({ index, ids }: WorldPerson): string | null => {
    const id = ownerOfPerson.get(index)?.zendeskId ?? ids.zendesk;
    return id === undefined ? null : String(id);
  };
  const ownerOf = (index: number | null) => (index === null ? undefined : world.owners[index]);
  const inStatus = (statuses?: readonly string[]) => (ticket: { status: string }) =>
    !statuses || statuses.includes(ticket.status);
  /** The helpdesk's search order: newest first, the older id first among equals. */
  const newestFirst = <Row extends { createdAt: string }>(rows: Row[]): Row[] =>
    rows.toSorted((one, other) => seconds(other.createdAt) - seconds(one.createdAt));

  return {
    zendeskIdOf,
    ownerOf,

    person(person) {
      const { index, email, ids } = person;
      const customer = billedTo.get(index)?.ids.stripe ?? null;
      const requester = zendeskIdOf(person);
      const employee = employeeOf.get(index)?.id ?? null;
      const named = [ids.hubspot, requester, ids.slack, employee].some((id) => id != null);
      if (!named && customer === null && !ids.resend && !booked.has(index)) return null;
      const domain = email.slice(email.indexOf('@') + 1);
      return {
        email,
        name: named ? fullName(person) : null,
        contact: withId(ids.hubspot),
        customer: withId(customer),
        requester: withId(requester),
        slackUser: withId(ids.slack),
        employee: employee === null ? null : { employeeId: employee },
        profile: withId(ids.pdl),
        account: domains.has(domain) ? { domain } : null,
      };
    },

    account({ domain, name, ids, ownerIndex }) {
      if (!ids.hubspot && !ids.stripe && !ids.zendesk) return null;
      return {
        domain,
        name,
        company: withId(ids.hubspot),
        owner: withId(ids.hubspot && ownerOf(ownerIndex)?.hubspotId),
        customer: withId(ids.stripe),
        profile: withId(ids.pdl),
      };
    },

    identitiesOf(person) {
      const { index, ids } = person;
      return [
        ...knownAs('hubspot', ids.hubspot, 'email', 1),
        ...knownAs('stripe', billedTo.get(index)?.ids.stripe, 'email', 0.95),
        ...knownAs('zendesk', zendeskIdOf(person), ...byCrmOr(ids, 'email', 0.95)),
        ...knownAs('slack', ids.slack, 'email', 0.95),
        ...knownAs('resend', ids.resend, 'email', 0.95),
        ...knownAs('bamboohr', employeeOf.get(index)?.id, 'email', 0.95),
      ];
    },

    identitiesOfCompany: ({ ids }) => [
      ...knownAs('hubspot', ids.hubspot, 'domain', 1),
      ...knownAs('stripe', ids.stripe, 'metadata.domain', 0.95),
      ...knownAs('zendesk', ids.zendesk, ...byCrmOr(ids, 'domain_names', 0.9)),
    ],

    ticketsOf: ({ index }, statuses) =>
      newestFirst(
        world.tickets.filter(({ requesterIndex }) => requesterIndex === index).filter(inStatus(statuses)),
      ).map(({ id }) => String(id)),

    emailsOf: ({ index }) =>
      mailed.has(index)
        ? world.emails
            .filter(({ toIndexes }) => toIndexes.includes(index))
            .toReversed()
            .map(({ id }) => id)
        : [],

    bookingsOf: ({ index }) =>
      world.bookings
        .filter(({ attendeeIndexes }) => attendeeIndexes.includes(index))
        .toSorted((one, other) => Date.parse(other.start) - Date.parse(one.start) || one.id - other.id)
        .map(({ uid }) => uid),

    dealsOf: ({ index, ids }) =>
      ids.hubspot ? world.deals.filter(({ companyIndex }) => companyIndex === index).map(({ id }) => id) : [],

    subscriptionsOf: ({ index }) =>
      newestFirst(world.subscriptions.filter(({ companyIndex }) => companyIndex === index)).map(({ id }) => id),

    invoicesOf: ({ index }, status) =>
      newestFirst(world.invoices.filter((one) => one.companyIndex === index && (!status || one.status === status))).map(
        ({ id }) => id,
      ),

    ticketsOfCompany: ({ index, ids }, statuses) =>
      ids.zendesk === undefined
        ? []
        : newestFirst(
            world.tickets.filter(({ companyIndex }) => companyIndex === index).filter(inStatus(statuses)),
          ).map(({ id }) => String(id)),

    peopleOf: ({ index, ids }) =>
      ids.hubspot
        ? world.people.filter((one) => one.companyIndex === index && one.ids.hubspot).map(({ email }) => email)
        : [],

    contacts: () => oldestFirst(world.people.filter(({ ids }) => ids.hubspot)),
    companies: () => oldestFirst(world.companies.filter(({ ids }) => ids.hubspot)),
  };
}

export function fullName({ firstName, lastName }: WorldPerson): string {
  return `${firstName} ${lastName}`;
}

/** The helpdesk's rows carry the CRM's ids, where the CRM has them. */
function byCrmOr(
  { hubspot }: { hubspot?: string },
  key: string,
  confidence: number,
): [key: string, confidence: number] {
  return hubspot ? ['external_id', 1] : [key, confidence];
}

function knownAs(
  vendor: string,
  id: string | number | null | undefined,
  matchedBy: string,
  confidence: number,
): KnownAs[] {
  return id == null ? [] : [{ vendor, id: String(id), matchedBy, confidence, conflict: null }];
}

function withId(id: string | null | undefined): { id: string } | null {
  return id ? { id } : null;
}

function seconds(instant: string): number {
  return Math.floor(Date.parse(instant) / 1_000);
}

/** HubSpot's search order: by date, then by id. */
function oldestFirst<Row extends { createdAt: string; ids: { hubspot?: string } }>(rows: Row[]): Row[] {
  return rows.toSorted(
    (one, other) =>
      Date.parse(one.createdAt) - Date.parse(other.createdAt) || Number(one.ids.hubspot) - Number(other.ids.hubspot),
  );
}
