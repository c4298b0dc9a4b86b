/** Fills the CRM from the shared world: its HubSpot companies, contacts and deals, tied together, and our own people as owners. */
import type { World, WorldCompany, WorldDeal, WorldPerson } from '../../src/sandbox/world.ts';
import type { ObjectType, Values } from './sandbox-properties.ts';
import { type CrmObject, type CrmState, createCrmState } from './sandbox-state.ts';

export interface Owner {
  id: string;
  userId: number;
  email: string;
  firstName: string;
  lastName: string;
  createdAt: string;
  updatedAt: string;
  teams: { id: string; name: string; primary: boolean }[];
}

export function startState(world: World, now: () => number): CrmState {
  const state = createCrmState(now);
  for (const company of world.companies) {
    if (company.ids.hubspot !== undefined)
      state.restore(object('companies', company.ids.hubspot, company, describeCompany(world, company)));
  }
  for (const person of world.people) {
    if (person.ids.hubspot !== undefined)
      state.restore(object('contacts', person.ids.hubspot, person, describePerson(world, person)));
  }
  for (const deal of world.deals) state.restore(object('deals', deal.id, deal, describeDeal(world, deal)));
  tieAll(world, state);
  return state;
}

export function startOwners(world: World): Owner[] {
  return world.owners.flatMap(({ personIndex, hubspotId, hubspotUserId, index }) => {
    const person = world.people[personIndex];
    if (person === undefined) return [];
    const { email, firstName, lastName } = person;
    const team =
      index % 2 === 0 ? { id: '2101', name: 'Sales', primary: true } : { id: '2102', name: 'Success', primary: true };
    return {
      id: hubspotId,
      userId: hubspotUserId,
      email,
      firstName,
      lastName,
      createdAt: instant(person.createdAt),
      updatedAt: instant(person.updatedAt),
      teams: index % 5 === 4 ? [] : [team],
    };
  });
}

function object(
  type: ObjectType,
  id: string,
  { createdAt, updatedAt }: { createdAt: string; updatedAt: string },
  values: Record<string, string | null>,
): CrmObject {
  const known: Values = {};
  for (const [name, value] of Object.entries(values)) if (value !== null && value !== '') known[name] = value;
  return {
    type,
    id,
    values: known,
    createdAt: instant(createdAt),
    updatedAt: instant(updatedAt),
    archivedAt: null,
    fromWorld: true,
  };
}

function describeCompany(world: World, company: WorldCompany): Record<string, string | null> {
  const { index, name, domain, industry, phone, city, state, country, employeeCount, foundedYear } = company;
  return {
    name,
    domain,
    website: `https://www.${domain}`,
    industry,
    description:
      industry === null || index % 3 === 0 ? null : `${name} works in ${industry.toLowerCase().replaceAll('_', ' ')}.`,
    phone,
    city,
    state,
    country,
    numberofemployees: employeeCount === null ? null : String(employeeCount),
    annualrevenue: employeeCount === null || index % 4 === 0 ? null : String(employeeCount * 120_000),
    founded_year: foundedYear === null ? null : String(foundedYear),
    type: company.ids.stripe === undefined ? 'PROSPECT' : null,
    lifecyclestage: company.ids.stripe === undefined ? 'lead' : 'customer',
    hubspot_owner_id: ownerId(world, company.ownerIndex),
  };
}

const LEAD_STATUSES = ['NEW', 'OPEN', 'IN_PROGRESS', 'ATTEMPTED_TO_CONTACT', 'CONNECTED'];

function describePerson(world: World, person: WorldPerson): Record<string, string | null> {
  const { index, firstName, lastName, email, jobTitle, phone, city, country, lifecycleStage } = person;
  const company = person.companyIndex === null ? undefined : world.companies[person.companyIndex];
  return {
    email,
    firstname: firstName,
    lastname: lastName,
    jobtitle: jobTitle,
    phone,
    city,
    country,
    company: company?.name ?? null,
    website: company === undefined || index % 3 === 0 ? null : `https://www.${company.domain}`,
    lifecyclestage: lifecycleStage,
    hs_lead_status: lifecycleStage === 'lead' ? (LEAD_STATUSES[index % LEAD_STATUSES.length] ?? null) : null,
    hubspot_owner_id: ownerId(world, person.ownerIndex),
  };
}

function describeDeal(world: World, deal: WorldDeal): Record<string, string | null> {
  const { index, name, amount, stage, closeDate, ownerIndex } = deal;
  return {
    dealname: name,
    amount,
    deal_currency_code: amount === null ? null : 'USD',
    pipeline: 'default',
    dealstage: stage,
    dealtype: ['newbusiness', 'existingbusiness', null][index % 3] ?? null,
    hs_priority: ['low', null, 'medium', 'high', null][index % 5] ?? null,
    closedate: closeDate === null ? null : instant(closeDate),
    hubspot_owner_id: ownerId(world, ownerIndex),
  };
}

function tieAll(world: World, { associations }: CrmState): void {
  const contactId = (index: number) => world.people[index]?.ids.hubspot;
  const companyId = (index: number | null) => (index === null ? undefined : world.companies[index]?.ids.hubspot);
  for (const person of world.people) {
    const [contact, company] = [person.ids.hubspot, companyId(person.companyIndex)];
    if (contact !== undefined && company !== undefined)
      associations.tie('contacts', contact, 'companies', company, true);
  }
  for (const deal of world.deals) {
    const company = companyId(deal.companyIndex);
    if (company !== undefined) associations.tie('deals', deal.id, 'companies', company, true);
    for (const index of deal.personIndexes) {
      const contact = contactId(index);
      if (contact !== undefined) associations.tie('deals', deal.id, 'contacts', contact, false);
    }
  }
}

function ownerId(world: World, index: number | null): string | null {
  return index === null ? null : (world.owners[index]?.hubspotId ?? null);
}

/** HubSpot writes milliseconds always. */
function instant(value: string): string {
  return new Date(value).toISOString();
}
