/**
 * The sandbox's world made as unkind as life: helpdesk rows whose keys disagree, people and companies of several addresses and
 * domains, and two records of one key. Deterministic: the same world in, the same world out.
 */
import { createRandom } from '../../../src/sandbox/random.ts';
import type { World, WorldCompany, WorldPerson } from '../../../src/sandbox/world.ts';
import { type Aliases, NO_ALIASES } from './spellings.ts';

export interface UnkindWorld {
  world: World;
  /** Of schema/identity.yaml. */
  aliases: Aliases;
}

/** What befalls so many rows at once; it may pass by those it does not fit. */
type Affliction<Row> = readonly [rows: number, befall: (...rows: Row[]) => void];

export function makeUnkind(kind: World): UnkindWorld {
  const world = structuredClone(kind);
  const aliases = structuredClone(NO_ALIASES) as { person: Record<string, string>; account: Record<string, string> };
  const random = createRandom(world.seed, 'unkind');
  // Owners are people in several roles, each of which must stay one and the same.
  const owners = new Set(world.owners.map(({ personIndex }) => personIndex));
  const people = random.sample(
    world.people.filter(({ index }) => !owners.has(index)),
    world.people.length,
  );
  // The first is our own firm, whose domain is that of the owners.
  const companies = random.sample(world.companies.slice(1), world.companies.length);
  strike(people, 24, personAfflictions(aliases.person));
  strike(companies, 5, companyAfflictions(aliases.account));
  // Who is no user any more asked for nothing.
  world.tickets = world.tickets.filter(({ requesterIndex }) => world.people[requesterIndex]?.ids.zendesk !== undefined);
  return { world, aliases };
}

/** Each of them so many times, each time on rows of its own. */
function strike<Row>(rows: readonly Row[], times: number, afflictions: readonly Affliction<Row>[]): void {
  let place = 0;
  for (let time = 0; time < times; time += 1) {
    for (const [count, befall] of afflictions) {
      if (place + count > rows.length) throw new RangeError('There are fewer rows than are to be struck.');
      befall(...rows.slice(place, place + count));
      place += count;
    }
  }
}

function personAfflictions(aliases: Record<string, string>): Affliction<WorldPerson>[] {
  const former = ({ email }: WorldPerson): string => email.replace('@', '@former-');
  const befallen = (befall: (one: WorldPerson, two: WorldPerson, three: WorldPerson) => void, rows: number) =>
    [rows, befall] as Affliction<WorldPerson>;
  return [
    // Torn by their ids: each names the other's contact.
    befallen(swapIds, 2),
    // Torn by an address that is another contact's, who is no user of the helpdesk.
    befallen((one, two) => {
      delete two.ids.zendesk;
      one.spelling.zendesk = two.email;
    }, 2),
    // Known by the CRM's id alone.
    befallen((one) => {
      one.spelling.zendesk = `private-${one.email}`;
    }, 1),
    // Unknown to the CRM, with the id of somebody whom it knows.
    befallen((one, two) => {
      delete one.ids.hubspot;
      delete two.ids.zendesk;
      one.externalIds = { zendesk: two.ids.hubspot ?? null };
    }, 2),
    // Ids of what is gone, of another system, and none.
    befallen((one, two, three) => {
      for (const [row, zendesk] of [
        [one, '4711'],
        [two, `erp-${two.index}`],
        [three, null],
      ] as const)
        row.externalIds = { zendesk };
    }, 3),
    // Known to some systems under a former address.
    befallen((one) => {
      const alias = former(one);
      aliases[alias] = one.email;
      const systems = ['stripe', 'zendesk', 'slack', 'resend', 'calcom', 'bamboohr'] as const;
      for (const [place, system] of systems.entries()) if ((one.index + place) % 2 === 0) one.spelling[system] = alias;
    }, 1),
    // Two records everywhere, and three, of one person.
    befallen((one, two) => {
      aliases[two.email] = one.email;
    }, 2),
    befallen((one, two, three) => {
      aliases[three.email] = one.email;
      aliases[two.email] = one.email;
      aliases[former(one)] = one.email;
    }, 3),
    // Two of one person, one of whom is torn.
    befallen((one, two, three) => {
      swapIds(one, three);
      aliases[two.email] = one.email;
    }, 3),
  ];
}

function companyAfflictions(aliases: Record<string, string>): Affliction<WorldCompany>[] {
  const befallen = (befall: (one: WorldCompany, two: WorldCompany, three: WorldCompany) => void, rows: number) =>
    [rows, befall] as Affliction<WorldCompany>;
  return [
    // Doubles. A profile is People Data Labs' own guess between the two.
    befallen((one, two) => {
      two.domain = one.domain;
      delete two.ids.pdl;
    }, 2),
    // Two customers of one person.
    befallen((one, two) => {
      if (one.ids.stripe && two.ids.stripe) two.billingPersonIndex = one.billingPersonIndex;
    }, 2),
    befallen(swapIds, 2),
    // Known by the CRM's id alone.
    befallen((one) => {
      one.spelling = { zendesk: [`elsewhere-${one.domain}`] };
    }, 1),
    // Several domains: one that nobody else has, one that is another company's, and another company's alone.
    befallen((one, two, three) => {
      one.spelling = { zendesk: [`second-${one.domain}`, one.domain] };
      two.spelling = { zendesk: [two.domain, three.domain] };
    }, 3),
    befallen((one, two) => {
      one.spelling = { zendesk: [two.domain] };
    }, 2),
    // Ids of what is gone, and none; a customer that names no domain.
    befallen((one, two, three) => {
      one.externalIds = { zendesk: '4711' };
      two.externalIds = { zendesk: null };
      three.spelling = { stripe: null };
    }, 3),
    // Known to some systems under a former domain.
    befallen((one) => {
      const alias = `former-${one.domain}`;
      aliases[alias] = one.domain;
      one.spelling = one.index % 2 === 0 ? { stripe: alias } : { zendesk: [alias] };
    }, 1),
    // Two records everywhere, and three, of one company.
    befallen((one, two) => {
      aliases[two.domain] = one.domain;
    }, 2),
    befallen((one, two, three) => {
      aliases[three.domain] = one.domain;
      aliases[two.domain] = one.domain;
    }, 3),
  ];
}

/** Only of rows that the CRM knows both, and the helpdesk. */
function swapIds(one: WorldPerson | WorldCompany, ...others: (WorldPerson | WorldCompany)[]): void {
  const other = others[0];
  if (!other?.ids.hubspot || !one.ids.hubspot || !one.ids.zendesk || !other.ids.zendesk) return;
  one.externalIds = { zendesk: other.ids.hubspot };
  other.externalIds = { zendesk: one.ids.hubspot };
}
