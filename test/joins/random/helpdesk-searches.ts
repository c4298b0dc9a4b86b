/** Searches of the helpdesk: for one kind of object, or for what several kinds have in common. */
import fc from 'fast-check';
import type { World } from '../../../src/sandbox/world.ts';
import type { ArgumentValues } from './arguments.ts';

export function helpdeskSearches(world: World): fc.Arbitrary<ArgumentValues> {
  const { people, companies } = world;
  const oneOf = <Row>(rows: readonly Row[]): fc.Arbitrary<Row> => fc.constantFrom(...rows);
  /** The property once for each of a few values. */
  const terms = (property: string, values: readonly (string | number)[], maxLength = 3): fc.Arbitrary<string> =>
    fc
      .uniqueArray(oneOf(values), { minLength: 1, maxLength })
      .map((some) => some.map((value) => `${property}:${value}`).join(' '));
  const all = (...parts: readonly (string | fc.Arbitrary<string>)[]): fc.Arbitrary<string> =>
    fc
      .tuple(...parts.map((part) => (typeof part === 'string' ? fc.constant(part) : part)))
      .map((some) => some.join(' '));
  const emails = [...people.map(({ email }) => email), 'nobody@brightforge.io'];
  const requesters = world.tickets.flatMap(({ requesterIndex }) => people[requesterIndex]?.email ?? []);
  const organizations = companies.flatMap(({ ids }) => ids.zendesk ?? []);
  const crmIds = [...people.slice(0, 300), ...companies].flatMap(({ ids }) => ids.hubspot ?? []);
  const names = [
    ...people.slice(0, 100).map(({ lastName }) => lastName),
    ...companies.flatMap(({ name }) => name.split(' ')),
  ];
  const status = terms('status', ['new', 'open', 'pending', 'hold', 'solved', 'closed'], 2);
  const query = fc.oneof(
    all('type:ticket', status, terms('priority', ['low', 'normal', 'high', 'urgent'], 2)),
    all('type:ticket', terms('requester', requesters)),
    all(
      'type:ticket',
      terms('requester', requesters),
      status.map((text) => text.replaceAll('status', '-status')),
    ),
    all('type:user', terms('email', emails)),
    all(
      'type:organization',
      terms(
        'domain_names',
        companies.map(({ domain }) => domain),
      ),
    ),
    terms('organization', organizations, 2),
    all('type:user type:ticket', terms('organization', organizations, 2)),
    terms('external_id', crmIds, 6),
    terms(
      'name',
      names.filter((name) => /^[A-Za-z]{3,}$/.test(name)),
      2,
    ),
    oneOf(lastDays(world)).map((day) => `created>${day}`),
  );
  return fc.record(
    {
      query,
      sort_by: oneOf(['created_at', 'updated_at', 'status']),
      sort_order: oneOf(['asc', 'desc']),
    },
    { requiredKeys: ['query'] },
  );
}

/** Of the world's last two months, in which something of each kind was made. */
function lastDays({ now }: World): string[] {
  return Array.from({ length: 60 }, (_, index) =>
    new Date(Date.parse(now) - index * 86_400_000).toISOString().slice(0, 10),
  );
}
