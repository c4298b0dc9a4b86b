/**
 * Who is meant: People Data Labs' matching in small. A strong key (id, e-mail, website, …) finds a record by itself, a
 * name only together with something else about the person; further parameters make the match more or less certain.
 */
import { createHash } from 'node:crypto';
import type { CompanyRecord, PersonRecord, Records } from './sandbox-records.ts';

/** Parameters as sent; the official client repeats a name to give several values. */
export type Params = ReadonlyMap<string, readonly string[]>;

export interface Match<Row> {
  record: Row;
  /** From 1 to 10. */
  likelihood: number;
}

export interface Matcher {
  /** 'unidentified' when the parameters could not identify anybody; undefined when nobody fits. */
  person(params: Params): Match<PersonRecord> | 'unidentified' | undefined;
  company(params: Params): Match<CompanyRecord> | 'unidentified' | undefined;
}

/** How certain one key alone is. */
const PERSON_KEYS = { pdl_id: 10, email: 8, email_hash: 8, profile: 8, lid: 8, phone: 6 } as const;
const COMPANY_KEYS = { pdl_id: 10, website: 8, profile: 8, ticker: 6, name: 5 } as const;

const PLACES = ['location', 'street_address', 'locality', 'region', 'country', 'postal_code'] as const;

export function createMatcher({ people, companies }: Records): Matcher {
  const peopleByKey = index(people, personKeys);
  const peopleByName = index(people, ({ full_name }) => [['name', full_name]]);
  const companiesByKey = index(companies, companyKeys);

  return {
    person(params) {
      const name = nameOf(params);
      const keys = keysOf(params, Object.keys(PERSON_KEYS), normalizePersonKey);
      if (keys.length === 0 && (name === undefined || contextOf(params).length === 0)) return 'unidentified';
      return (
        best(keys, peopleByKey, PERSON_KEYS, (person) =>
          name === undefined ? 0 : person.full_name === name ? 2 : -3,
        ) ?? (name === undefined ? undefined : byName(peopleByName.get(`name ${name}`) ?? [], params))
      );
    },
    company(params) {
      const keys = keysOf(params, Object.keys(COMPANY_KEYS), normalizeCompanyKey);
      if (keys.length === 0) return 'unidentified';
      return best(keys, companiesByKey, COMPANY_KEYS, (company) => agreement(company, params));
    },
  };
}

function index<Row>(rows: readonly Row[], keysOfRow: (row: Row) => (readonly [string, string])[]): Map<string, Row[]> {
  const map = new Map<string, Row[]>();
  for (const row of rows) {
    for (const [key, value] of keysOfRow(row)) {
      const rowsOfKey = map.get(`${key} ${value}`) ?? [];
      rowsOfKey.push(row);
      map.set(`${key} ${value}`, rowsOfKey);
    }
  }
  return map;
}

function personKeys(person: PersonRecord): (readonly [string, string])[] {
  return [
    ['pdl_id', person.id],
    ['profile', person.linkedin_url],
    ['lid', person.linkedin_id],
    ...person.phone_numbers.map((phone) => ['phone', digits(phone)] as const),
    ...person.emails.flatMap(({ address }) => [
      ['email', address] as const,
      ['email_hash', createHash('sha256').update(address).digest('hex')] as const,
      ['email_hash', createHash('md5').update(address).digest('hex')] as const,
    ]),
  ];
}

function companyKeys(company: CompanyRecord): (readonly [string, string])[] {
  return [
    ['pdl_id', company.id],
    ['website', company.website],
    ...company.alternative_names.map((name) => ['name', name] as const),
    ...company.profiles.map((profile) => ['profile', profile] as const),
    ...(company.ticker === null ? [] : [['ticker', company.ticker] as const]),
  ];
}

function normalizePersonKey(key: string, value: string): string {
  if (key === 'pdl_id') return value;
  if (key === 'phone') return digits(value);
  return key === 'profile' ? bareUrl(value) : value.trim().toLowerCase();
}

function normalizeCompanyKey(key: string, value: string): string {
  if (key === 'pdl_id') return value;
  if (key === 'website') return bareUrl(value).split('/')[0] ?? '';
  return key === 'profile' ? bareUrl(value) : value.trim().toLowerCase();
}

function digits(phone: string): string {
  return phone.replace(/\D/g, '');
}

function bareUrl(url: string): string {
  return url
    .trim()
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/^www\./, '')
    .replace(/\/+$/, '');
}

function keysOf(params: Params, names: readonly string[], normalize: (key: string, value: string) => string) {
  return names.flatMap((key) => (params.get(key) ?? []).map((value) => ({ key, value: normalize(key, value) })));
}

/** The record the strongest key finds; the likelihood is that key's, moved by what the other parameters say. */
function best<Row>(
  keys: readonly { key: string; value: string }[],
  rows: ReadonlyMap<string, readonly Row[]>,
  weights: Readonly<Record<string, number>>,
  adjust: (row: Row) => number,
): Match<Row> | undefined {
  const matches = keys.flatMap(({ key, value }) =>
    (rows.get(`${key} ${value}`) ?? []).map((record) => ({
      record,
      likelihood: clamp((weights[key] ?? 1) + adjust(record)),
    })),
  );
  return matches.reduce<Match<Row> | undefined>(
    (found, match) => (found !== undefined && found.likelihood >= match.likelihood ? found : match),
    undefined,
  );
}

function clamp(likelihood: number): number {
  return Math.min(10, Math.max(1, likelihood));
}

function nameOf(params: Params): string | undefined {
  const first = params.get('first_name')?.[0];
  const last = params.get('last_name')?.[0];
  const whole = params.get('name')?.[0] ?? (first && last ? `${first} ${last}` : undefined);
  return whole?.trim().toLowerCase();
}

const CONTEXT = ['company', 'school', ...PLACES] as const;

function contextOf(params: Params): { key: string; value: string }[] {
  return CONTEXT.flatMap((key) => (params.get(key) ?? []).map((value) => ({ key, value: value.trim().toLowerCase() })));
}

/** Everything said besides the name must fit; each thing that does makes the match surer. */
function byName(namesakes: readonly PersonRecord[], params: Params): Match<PersonRecord> | undefined {
  const context = contextOf(params);
  const record = namesakes.find((person) => context.every(({ key, value }) => fits(person, key, value)));
  if (record === undefined) return undefined;
  return { record, likelihood: clamp(4 + 2 * context.length + (params.has('company') ? 1 : 0)) };
}

function fits(person: PersonRecord, key: string, value: string): boolean {
  if (key === 'company') {
    return person.experience.some(({ company }) => company.name === value || company.website === bareUrl(value));
  }
  if (key === 'school') return person.education.some(({ school }) => school.name === value);
  return (person.location_name ?? '').includes(value);
}

/** A name or place that contradicts the website makes the match less certain, one that agrees more. */
function agreement(company: CompanyRecord, params: Params): number {
  const name = params.get('name')?.[0]?.trim().toLowerCase();
  const named =
    name === undefined || !(params.has('website') || params.has('profile')) ? 0 : company.name === name ? 2 : -3;
  const places = PLACES.flatMap((key) => params.get(key) ?? []);
  const placed = places.map((value) => ((company.location.name ?? '').includes(value.trim().toLowerCase()) ? 1 : -2));
  return named + placed.reduce((sum, weight) => sum + weight, 0);
}
