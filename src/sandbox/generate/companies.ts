/** The companies: our own firm first, then the showcase, then customers and prospects. */
import type { Random } from '../random.ts';
import type { WorldCompany } from '../world.ts';
import { createSequence, pdlCompanyId, stripeId } from './identifiers.ts';
import { at } from './list.ts';
import { lifetime } from './moments.ts';
import { OWNER_COUNT } from './owners.ts';
import { COMPANY_FIRST, COMPANY_SECOND, PLACES, TOP_LEVEL_DOMAINS } from './words/companies.ts';

export const COMPANY_COUNT = 200;
export const OWN_COMPANY = 0;
export const SHOWCASE_COMPANY = 1;
/** Companies from this index on have nobody we know. */
export const FIRST_EMPTY_COMPANY = 185;

const STRIPE_CUSTOMERS = 150;
/** How likely a company or person is known to one system. */
export const KNOWN = 0.88;

interface Naming {
  name: string;
  domain: string;
  industry: string;
}

export function generateCompanies(random: Random): WorldCompany[] {
  const ids = {
    hubspot: createSequence(random, 18_200_000_000, 90_000),
    zendesk: createSequence(random, 360_001_000_000, 90_000),
  };
  const paying = choosePaying(random);
  return nameCompanies(random).map((naming, index) => generateCompany(random, index, naming, ids, paying.has(index)));
}

function generateCompany(
  random: Random,
  index: number,
  { name, domain, industry }: Naming,
  ids: { hubspot: () => number; zendesk: () => number },
  pays: boolean,
): WorldCompany {
  const place = random.pick(PLACES);
  const always = index <= SHOWCASE_COMPANY;
  const known = () => always || random.chance(KNOWN);
  return {
    index,
    name,
    domain,
    industry: random.orNull(industry),
    city: random.orNull(place.city),
    state: random.orNull(place.state),
    country: random.orNull(place.country, 0.1),
    phone: random.orNull(`${place.code} ${random.int(200, 999)} ${random.int(1_000_000, 9_999_999)}`),
    employeeCount: random.orNull(Math.round(8 * 1.6 ** random.int(0, 14))),
    foundedYear: random.orNull(random.int(1952, 2023)),
    ...lifetime(random, 1_400, 420),
    ids: {
      ...(known() && { hubspot: String(ids.hubspot()) }),
      ...(pays && { stripe: stripeId(random, 'cus') }),
      ...(known() && { zendesk: ids.zendesk() }),
      ...(known() && { pdl: pdlCompanyId(random) }),
    },
    ownerIndex: index === SHOWCASE_COMPANY ? 0 : random.orNull(random.int(0, OWNER_COUNT - 1)),
    billingPersonIndex: null,
  };
}

function nameCompanies(random: Random): Naming[] {
  const namings: Naming[] = [
    { name: 'Northwind Labs', domain: 'northwindlabs.com', industry: 'COMPUTER_SOFTWARE' },
    { name: 'Brightforge', domain: 'brightforge.io', industry: 'INDUSTRIAL_AUTOMATION' },
  ];
  const taken = new Set(namings.map(({ name }) => name));
  while (namings.length < COMPANY_COUNT) {
    const { word, industry } = random.pick(COMPANY_SECOND);
    const name = `${random.pick(COMPANY_FIRST)} ${word}`;
    if (taken.has(name)) continue;
    taken.add(name);
    const domain = `${name.toLowerCase().replace(' ', random.chance(0.8) ? '' : '-')}.${random.pick(TOP_LEVEL_DOMAINS)}`;
    namings.push({ name, domain, industry });
  }
  return namings;
}

function choosePaying(random: Random): ReadonlySet<number> {
  const candidates = Array.from({ length: FIRST_EMPTY_COMPANY - 2 }, (_, index) => index + 2);
  return new Set([SHOWCASE_COMPANY, ...random.sample(candidates, STRIPE_CUSTOMERS - 1)]);
}

/** Gives each Stripe customer the person whose address is on it. The showcase's is its first person, Ada. */
export function chooseBillingPeople(
  random: Random,
  companies: WorldCompany[],
  peopleOf: (company: number) => number[],
) {
  for (const company of companies) {
    if (company.ids.stripe === undefined) continue;
    const people = peopleOf(company.index);
    company.billingPersonIndex = company.index === SHOWCASE_COMPANY ? at(people, 0) : random.pick(people);
  }
}
