/** The people: our own staff first, then Ada, then everybody else. Who is known to which system is decided one by one. */
import type { Random } from '../random.ts';
import type { WorldCompany, WorldOwner, WorldPerson } from '../world.ts';
import { COMPANY_COUNT, FIRST_EMPTY_COMPANY, KNOWN, OWN_COMPANY, SHOWCASE_COMPANY } from './companies.ts';
import { createSequence, pdlPersonId, slackId, uuid } from './identifiers.ts';
import { at } from './list.ts';
import { lifetime } from './moments.ts';
import { OWNER_COUNT } from './owners.ts';
import { spell } from './spelling.ts';
import { PLACES } from './words/companies.ts';
import { FIRST_NAMES, FREE_MAIL_DOMAINS, JOB_TITLES, LAST_NAMES } from './words/names.ts';

export const PERSON_COUNT = 1_000;
/** Own staff are people 0 to 58; Maya is the first. */
export const STAFF_COUNT = 59;
/** Ada, the customer who is known to every system. */
export const SHOWCASE_PERSON = STAFF_COUNT;

const SLACK_GUESTS = 30;

interface Naming {
  firstName: string;
  lastName: string;
  email: string;
}

interface Sequences {
  hubspot: () => number;
  zendesk: () => number;
}

export function generatePeople(
  random: Random,
  companies: readonly WorldCompany[],
  owners: readonly WorldOwner[],
): WorldPerson[] {
  const sequences: Sequences = {
    hubspot: createSequence(random, 51_000_000_000, 900_000),
    zendesk: createSequence(random, 380_001_000_000, 90_000),
  };
  const taken = new Set<string>();
  return Array.from({ length: PERSON_COUNT }, (_, index) => {
    const companyIndex = chooseCompany(random, index);
    const company = companyIndex === null ? undefined : at(companies, companyIndex);
    const naming = namePerson(random, index, company, taken);
    const person = generatePerson(random, index, naming, company);
    person.ids =
      index < STAFF_COUNT ? staffIds(random, sequences, owners[index]) : outsideIds(random, sequences, index);
    return person;
  });
}

function generatePerson(random: Random, index: number, naming: Naming, company: WorldCompany | undefined): WorldPerson {
  const place = random.pick(PLACES);
  const showcase = index === 0 || index === SHOWCASE_PERSON;
  return {
    index,
    ...naming,
    spelling: showcase ? {} : spell(random, naming.email),
    companyIndex: company?.index ?? null,
    jobTitle: index === SHOWCASE_PERSON ? 'Head of Operations' : random.orNull(random.pick(JOB_TITLES)),
    phone: random.orNull(`${place.code} ${random.int(200, 999)} ${random.int(1_000_000, 9_999_999)}`),
    city: random.orNull(company?.city ?? place.city, 0.2),
    country: random.orNull(company?.country ?? place.country),
    lifecycleStage: random.orNull(chooseStage(random, company), 0.1),
    ...lifetime(random, 1_200),
    ids: {},
    ownerIndex: company?.ownerIndex ?? random.orNull(random.int(0, OWNER_COUNT - 1), 0.5),
  };
}

/** Every company but the empty ones has at least one person; some people have no company. */
function chooseCompany(random: Random, index: number): number | null {
  if (index < STAFF_COUNT) return OWN_COMPANY;
  const outside = index - STAFF_COUNT + SHOWCASE_COMPANY;
  if (outside < Math.min(FIRST_EMPTY_COMPANY, COMPANY_COUNT)) return outside;
  if (random.chance(0.05)) return null;
  // The product of two numbers: some companies have many people, most a few.
  return SHOWCASE_COMPANY + Math.floor(random.next() * random.next() * (FIRST_EMPTY_COMPANY - SHOWCASE_COMPANY));
}

function namePerson(random: Random, index: number, company: WorldCompany | undefined, taken: Set<string>): Naming {
  if (index === 0) return claim(taken, 'Maya', 'Okafor', 'northwindlabs.com');
  if (index === SHOWCASE_PERSON) return claim(taken, 'Ada', 'Lindqvist', 'brightforge.io');
  const free = company === undefined || (index > STAFF_COUNT && random.chance(0.06));
  const domain = free ? random.pick(FREE_MAIL_DOMAINS) : company.domain;
  return claim(taken, random.pick(FIRST_NAMES), random.pick(LAST_NAMES), domain);
}

/** The first free address of a name; the second Omar Khan of a domain is omar.khan2. */
function claim(taken: Set<string>, firstName: string, lastName: string, domain: string): Naming {
  const local = `${letters(firstName)}.${letters(lastName)}`;
  let email = `${local}@${domain}`;
  for (let number = 2; taken.has(email); number += 1) email = `${local}${number}@${domain}`;
  taken.add(email);
  return { firstName, lastName, email };
}

/** `Núñez` → `nunez`. */
function letters(name: string): string {
  return name
    .normalize('NFD')
    .replace(/[^a-zA-Z]/g, '')
    .toLowerCase();
}

function chooseStage(random: Random, company: WorldCompany | undefined) {
  if (company?.ids.stripe !== undefined && random.chance(0.8)) return 'customer';
  return random.pick(['subscriber', 'lead', 'opportunity'] as const);
}

/** Owners are Zendesk agents and in Slack without exception; Maya is a HubSpot contact too. */
function staffIds(random: Random, { hubspot, zendesk }: Sequences, owner: WorldOwner | undefined): WorldPerson['ids'] {
  return {
    ...((owner?.index === 0 || random.chance(0.3)) && { hubspot: String(hubspot()) }),
    ...(owner !== undefined ? { zendesk: owner.zendeskId } : random.chance(0.2) && { zendesk: zendesk() }),
    ...((owner !== undefined || random.chance(KNOWN)) && { slack: slackId(random, 'U') }),
    ...((owner?.index === 0 || random.chance(0.5)) && { resend: uuid(random) }),
    ...((owner?.index === 0 || random.chance(KNOWN)) && { pdl: pdlPersonId(random) }),
  };
}

function outsideIds(random: Random, { hubspot, zendesk }: Sequences, index: number): WorldPerson['ids'] {
  const always = index === SHOWCASE_PERSON;
  const known = () => always || random.chance(KNOWN);
  return {
    ...(known() && { hubspot: String(hubspot()) }),
    ...(known() && { zendesk: zendesk() }),
    ...(index < SHOWCASE_PERSON + SLACK_GUESTS && { slack: slackId(random, 'U') }),
    ...(known() && { resend: uuid(random) }),
    ...(known() && { pdl: pdlPersonId(random) }),
  };
}
