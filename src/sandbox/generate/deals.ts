/** Deals in the CRM, each with a company and the contacts the CRM knows there. */
import type { Random } from '../random.ts';
import type { WorldCompany, WorldDeal } from '../world.ts';
import { SHOWCASE_COMPANY } from './companies.ts';
import { createSequence } from './identifiers.ts';
import { at } from './list.ts';
import { DAY_MS, instant, lifetime } from './moments.ts';
import { PRODUCTS } from './words/products.ts';

const DEAL_COUNT = 300;
const SHOWCASE_DEALS = 3;
const STAGES = [
  'appointmentscheduled',
  'qualifiedtobuy',
  'presentationscheduled',
  'contractsent',
  'closedwon',
  'closedwon',
  'closedlost',
] as const;

export function generateDeals(
  random: Random,
  companies: readonly WorldCompany[],
  contactsOf: (company: number) => number[],
): WorldDeal[] {
  const nextId = createSequence(random, 23_000_000_000, 90_000);
  const inCrm = companies.filter(({ index, ids }) => index >= SHOWCASE_COMPANY && ids.hubspot !== undefined);
  return Array.from({ length: DEAL_COUNT }, (_, index) => {
    const company = index < SHOWCASE_DEALS ? at(companies, SHOWCASE_COMPANY) : random.pick(inCrm);
    const stage = random.pick(STAGES);
    const { createdAt, updatedAt } = lifetime(random, 400, 5);
    const closed = stage.startsWith('closed');
    const closeMs = closed ? Date.parse(updatedAt) : Date.parse(createdAt) + random.int(420, 520) * DAY_MS;
    const contacts = contactsOf(company.index);
    return {
      index,
      id: String(nextId()),
      name: `${company.name}: ${random.pick(PRODUCTS).name}`,
      companyIndex: company.index,
      personIndexes: index < SHOWCASE_DEALS ? contacts.slice(0, 2) : random.sample(contacts, random.int(1, 3)),
      amount: random.orNull((random.int(12, 900) * 100 + random.pick([0, 0, 0, 0.5, 49.99])).toFixed(2), 0.12),
      stage,
      closeDate: closed ? instant(closeMs) : random.orNull(instant(closeMs)),
      createdAt,
      updatedAt,
      ownerIndex: company.ownerIndex,
    };
  });
}
