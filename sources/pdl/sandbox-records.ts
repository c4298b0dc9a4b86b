/** The shared world as People Data Labs would know it: lower-case text, null where nobody knows. */
import type { World, WorldCompany, WorldPerson } from '../../src/sandbox/world.ts';
import { continentOf, degreesOf, jobOf, rolesOf, skillsOf, UNIVERSITIES } from './sandbox-vocabulary.ts';

export type PersonRecord = ReturnType<typeof personRecord>;
export type CompanyRecord = ReturnType<typeof companyRecord>;

export interface Records {
  people: PersonRecord[];
  companies: CompanyRecord[];
}

export function createRecords(world: World): Records {
  return {
    people: world.people.flatMap((person) => (person.ids.pdl ? [personRecord(person, person.ids.pdl, world)] : [])),
    companies: world.companies.flatMap((company) => (company.ids.pdl ? [companyRecord(company, company.ids.pdl)] : [])),
  };
}

const SIZES: readonly (readonly [number, string])[] = [
  [10, '1-10'],
  [50, '11-50'],
  [200, '51-200'],
  [500, '201-500'],
  [1000, '501-1000'],
  [5000, '1001-5000'],
  [10000, '5001-10000'],
  [Number.POSITIVE_INFINITY, '10001+'],
];

function sizeOf(heads: number | null): string | null {
  return heads === null ? null : (SIZES.find(([most]) => heads <= most)?.[1] ?? null);
}

function slug(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

function lower(text: string | null): string | null {
  return text === null ? null : text.toLowerCase().replaceAll('_', ' ');
}

function place(...parts: (string | null)[]): string | null {
  return lower(parts.filter((part) => part !== null).join(', ') || null);
}

function companyRecord(company: WorldCompany, id: string) {
  const name = company.name.toLowerCase();
  const linkedin = `linkedin.com/company/${slug(name)}`;
  const industry = lower(company.industry);
  // Every few companies lack what a small company typically lacks.
  const twitter = company.index % 3 === 0 ? null : `twitter.com/${slug(name).replaceAll('-', '')}`;
  const facebook = company.index % 4 === 0 ? null : `facebook.com/${slug(name)}`;
  return {
    id,
    name,
    alternative_names: company.index % 5 === 0 ? [`${name} inc`, name] : [name],
    affiliated_profiles: [] as string[],
    website: company.domain,
    headline: company.index % 4 === 1 ? null : `${name}: ${industry ?? 'work'} for people who have better things to do`,
    summary:
      industry === null ? null : `${name} works in ${industry}${company.city ? ` from ${lower(company.city)}` : ''}.`,
    industry,
    tags: industry === null ? [] : industry.split(/[^a-z]+/).filter((word) => word.length > 3),
    type: company.index % 9 === 8 ? 'public' : 'private',
    ticker: company.index % 9 === 8 ? slug(name).replaceAll('-', '').slice(0, 4) : null,
    founded: company.foundedYear,
    size: sizeOf(company.employeeCount),
    employee_count: company.employeeCount,
    location: companyLocation(company),
    profiles: [linkedin, twitter, facebook].filter((profile) => profile !== null),
    linkedin_id: String(18_000_000 + company.index * 37),
    linkedin_url: linkedin,
    facebook_url: facebook,
    twitter_url: twitter,
  };
}

function companyLocation({ city, state, country }: WorldCompany) {
  return {
    name: place(city, state, country),
    street_address: null,
    address_line_2: null,
    locality: lower(city),
    region: lower(state),
    metro: null,
    postal_code: null,
    country: lower(country),
    continent: continentOf(lower(country)),
    geo: null,
  };
}

function personRecord(person: WorldPerson, id: string, world: World) {
  const { index } = person;
  const first = person.firstName.toLowerCase();
  const last = person.lastName.toLowerCase();
  const company = person.companyIndex === null ? undefined : world.companies[person.companyIndex];
  const worksThere = company !== undefined && person.email.endsWith(`@${company.domain}`);
  const phone = person.phone === null ? null : `+${person.phone.replace(/\D/g, '')}`;
  const username = `${slug(`${first} ${last}`)}-${(index + 4096).toString(16)}`;
  const title = lower(person.jobTitle);
  const { role, sub_role } = rolesOf(title);
  const github = role === 'engineering' && index % 2 === 0 ? `github.com/${slug(first + last)}` : null;
  const jobs = [jobAt(company, title, index), index % 3 === 0 ? formerJob(world, company, index) : null];
  return {
    id,
    full_name: `${first} ${last}`,
    first_name: first,
    middle_name: index % 10 === 3 ? 'lee' : null,
    middle_initial: index % 10 === 3 ? 'l' : null,
    last_name: last,
    sex: null,
    birth_date: index % 6 === 0 ? `${1962 + (index % 40)}-0${1 + (index % 9)}-1${index % 10}` : null,
    linkedin_url: `linkedin.com/in/${username}`,
    linkedin_username: username,
    linkedin_id: String(70_000_000 + index * 113),
    facebook_url: null,
    twitter_url: index % 5 === 0 ? `twitter.com/${slug(first + last)}` : null,
    github_url: github,
    work_email: worksThere ? person.email : null,
    personal_emails: worksThere ? [] : [person.email],
    emails: [{ address: person.email, type: worksThere ? 'current_professional' : 'personal' }],
    mobile_phone: index % 3 === 1 ? null : phone,
    phone_numbers: phone === null ? [] : [phone],
    industry: lower(company?.industry ?? null),
    job_title: title,
    job_title_role: role,
    job_title_sub_role: sub_role,
    job_company_id: company?.ids.pdl ?? null,
    job_company_name: lower(company?.name ?? null),
    job_company_website: company?.domain ?? null,
    job_company_size: sizeOf(company?.employeeCount ?? null),
    job_company_industry: lower(company?.industry ?? null),
    job_company_linkedin_url: company ? `linkedin.com/company/${slug(company.name)}` : null,
    job_company_location_name: company ? place(company.city, company.state, company.country) : null,
    job_company_location_country: lower(company?.country ?? null),
    job_start_date: company ? startOf(index) : null,
    location_name: place(person.city, person.country),
    location_locality: lower(person.city),
    location_region: null,
    location_country: lower(person.country),
    location_continent: continentOf(lower(person.country)),
    location_postal_code: null,
    location_street_address: null,
    location_last_updated: person.updatedAt.slice(0, 10),
    interests: index % 2 === 0 ? ['cycling', 'open source'] : [],
    skills: skillsOf(role),
    countries: person.country === null ? [] : [person.country.toLowerCase()],
    experience: jobs.filter((job) => job !== null),
    education: index % 2 === 1 ? [] : [educationOf(index)],
    profiles: [
      { network: 'linkedin', url: `linkedin.com/in/${username}`, id: String(70_000_000 + index * 113), username },
      ...(github === null ? [] : [{ network: 'github', url: github, id: null, username: slug(first + last) }]),
    ],
  };
}

/** A month of the years 2016 to 2025; like the vendor's, not exact to the day. */
function startOf(index: number): string {
  return `${2016 + (index % 10)}-${String(1 + (index % 12)).padStart(2, '0')}`;
}

function jobAt(company: WorldCompany | undefined, title: string | null, index: number) {
  if (company === undefined) return null;
  return {
    title: title === null ? null : jobOf(title),
    company: companyOf(company),
    start_date: startOf(index) as string | null,
    end_date: null as string | null,
    is_primary: true,
  };
}

function formerJob(world: World, present: WorldCompany | undefined, index: number) {
  const company = world.companies[(index * 7 + 11) % world.companies.length];
  if (company === undefined || company === present) return null;
  return {
    title: jobOf('analyst'),
    company: companyOf(company),
    start_date: '2012',
    end_date: '2015-09',
    is_primary: false,
  };
}

function companyOf(company: WorldCompany) {
  const { continent, country, locality, name, postal_code, region, street_address } = companyLocation(company);
  return {
    id: company.ids.pdl ?? null,
    name: company.name.toLowerCase(),
    website: company.domain,
    size: sizeOf(company.employeeCount),
    industry: lower(company.industry),
    linkedin_url: `linkedin.com/company/${slug(company.name)}`,
    linkedin_id: String(18_000_000 + company.index * 37),
    facebook_url: null,
    twitter_url: null,
    location: { continent, country, locality, name, postal_code, region, street_address },
  };
}

function educationOf(index: number) {
  const school = UNIVERSITIES[index % UNIVERSITIES.length] ?? 'open university';
  return {
    school: {
      id: slug(school),
      name: school,
      type: 'post-secondary institution',
      website: null,
      linkedin_url: `linkedin.com/school/${slug(school)}`,
    },
    degrees: degreesOf(index),
    majors: [],
    start_date: String(2000 + (index % 12)),
    end_date: String(2004 + (index % 12)),
    gpa: null,
  };
}
