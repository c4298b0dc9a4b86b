/**
 * The helpdesk's search, by hand and only as far as the random queries go: values of one property are alternatives,
 * different properties must all fit, a leading minus excludes, and what a kind has no property for never fits.
 */
import type { World, WorldCompany, WorldPerson, WorldTicket } from '../../../src/sandbox/world.ts';
import { fullName, type Oracle } from '../oracle.ts';
import type { Recognition } from './world-recognition.ts';

export interface HelpdeskSearch {
  query: string;
  sort_by?: string | null;
  sort_order?: 'asc' | 'desc' | null;
}

type Row = WorldTicket | WorldPerson | WorldCompany;

interface Hit {
  key: string;
  row: Row;
  /** What the row has under a property's name, lower case. */
  values: Readonly<Record<string, readonly (string | number | null | undefined)[]>>;
}

interface Term {
  excludes: boolean;
  property: string;
  operator: string;
  value: string;
}

/** Rows with the keys of their cursors, in the order of the answer. */
export type Search = (search: HelpdeskSearch) => (readonly [key: string, row: Row])[];

const STATUSES = ['new', 'open', 'pending', 'hold', 'solved', 'closed'];

/** The type of a row in a search's answer. */
export function kindOfHit(row: unknown): string {
  if (typeof row !== 'object' || row === null) throw new TypeError('No row of a search.');
  if ('requesterIndex' in row) return 'ZendeskTicket';
  return 'firstName' in row ? 'ZendeskUser' : 'ZendeskOrganization';
}

export function createSearch(world: World, oracle: Oracle, who: Recognition): Search {
  const hits = [...ticketHits(world, who), ...userHits(world, oracle, who), ...organizationHits(world, who)];
  return ({ query, sort_by: sortBy, sort_order: order }) => {
    const terms = query.split(' ').map(parseTerm);
    const rank = rankBy(sortBy ?? 'created_at');
    const sign = order === 'asc' ? 1 : -1;
    return hits
      .filter((hit) => fits(hit, terms))
      .toSorted((one, other) => sign * (rank(one.row) - rank(other.row)))
      .map(({ key, row }) => [key, row]);
  };
}

function ticketHits({ tickets, people, companies }: World, { addressIn }: Recognition): Hit[] {
  return byId(tickets, ({ id }) => id).map(({ key, row }) => ({
    key,
    row,
    values: {
      type: ['ticket'],
      status: [row.status],
      priority: [row.priority],
      requester: [people[row.requesterIndex]].map((person) => person && addressIn('zendesk', person)),
      organization: [companies[row.companyIndex ?? -1]?.ids.zendesk],
      created: [row.createdAt],
    },
  }));
}

function userHits({ people, companies }: World, oracle: Oracle, who: Recognition): Hit[] {
  return byId(people, oracle.zendeskIdOf).map(({ key, row }) => ({
    key,
    row,
    values: {
      type: ['user'],
      email: [who.addressIn('zendesk', row)],
      name: [fullName(row).toLowerCase()],
      organization: [companies[row.companyIndex ?? -1]?.ids.zendesk],
      external_id: [who.externalIdOf(row)?.toLowerCase()],
      created: [row.createdAt],
    },
  }));
}

function organizationHits({ companies }: World, who: Recognition): Hit[] {
  return byId(companies, ({ ids }) => ids.zendesk).map(({ key, row }) => ({
    key,
    row,
    values: {
      type: ['organization'],
      domain_names: who.domainsOfOrganization(row),
      name: [row.name.toLowerCase()],
      external_id: [who.externalIdOf(row)?.toLowerCase()],
      created: [row.createdAt],
    },
  }));
}

function byId<One>(rows: readonly One[], idOf: (row: One) => string | number | null | undefined) {
  return rows
    .flatMap((row) => (idOf(row) == null ? [] : [{ key: String(idOf(row)), row }]))
    .toSorted((one, other) => Number(one.key) - Number(other.key));
}

function parseTerm(text: string): Term {
  const [, minus, property = '', operator = '', value = ''] = /^(-?)([a-z_]+)(:|>)(.+)$/.exec(text) ?? [];
  return { excludes: minus === '-', property, operator, value: value.toLowerCase() };
}

function fits(hit: Hit, terms: readonly Term[]): boolean {
  const [out, wanted] = [terms.filter(({ excludes }) => excludes), terms.filter(({ excludes }) => !excludes)];
  if (out.some((term) => hasValue(hit, term))) return false;
  return Map.groupBy(wanted, ({ property }) => property)
    .values()
    .every((alternatives) => alternatives.some((term) => hasValue(hit, term)));
}

function hasValue({ values }: Hit, { property, operator, value }: Term): boolean {
  return (values[property] ?? []).some((one) => {
    if (one == null) return false;
    if (operator === '>') return String(one).slice(0, value.length) > value;
    return property === 'name' ? String(one).includes(value) : String(one) === value;
  });
}

/** Seconds since 1970, or the place in the order of statuses; rows without one go together. */
function rankBy(name: string): (row: Row) => number {
  if (name === 'status') return (row) => ('status' in row ? STATUSES.indexOf(row.status) : -1);
  const field = name === 'updated_at' ? 'updatedAt' : 'createdAt';
  return (row) => Math.floor(Date.parse(row[field]) / 1_000);
}
