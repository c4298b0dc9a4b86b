/** Names come from the first system that knows one and that the caller may see. */
import { expect, it } from 'vitest';
import { startGraphWithIdentity } from './graph-with-identity.ts';

interface Named {
  name: string | null;
}

async function namesOf(without: string | undefined, query: string, keys: readonly string[]): Promise<(Named | null)[]> {
  await using graph = await startGraphWithIdentity({}, without);
  // Without errors: that much `read` sees to.
  return await Promise.all(keys.map(async (key) => (await graph.read(query, { key }))['found'] as Named | null));
}

it('of people unknown to the CRM, whichever other system the caller may not see', async () => {
  await using graph = await startGraphWithIdentity({});
  const { people, employees } = graph.sandbox.world;
  const staff = new Set(employees.map(({ personIndex }) => personIndex));
  const strangers = people.filter(({ ids }) => !ids.hubspot);
  const chatting = strangers.filter(({ ids }) => ids.slack && ids.zendesk);
  const inNone = strangers.filter(({ index, ids }) => ids.zendesk && !ids.slack && !staff.has(index)).slice(0, 3);
  expect([chatting.length, inNone.length].every((length) => length > 0)).toBe(true);
  const query = 'query Named($key: String!) { found: person(email: $key) { name } }';
  const emails = [...chatting.slice(0, 3), ...inNone].map(({ email }) => email);

  const all = await namesOf(undefined, query, emails);
  const withoutHelpdesk = await namesOf('zendesk', query, emails);
  expect(all.every((person) => person?.name)).toBe(true);
  // The chat knows the first, nobody else the others.
  expect(withoutHelpdesk.slice(0, 3).map((person) => person?.name)).toEqual(
    all.slice(0, 3).map((person) => person?.name),
  );
  expect(withoutHelpdesk.slice(3).map((person) => person?.name ?? null)).toEqual([null, null, null]);
  for (const vendor of ['slack', 'bamboohr'])
    expect(await namesOf(vendor, query, emails.slice(3))).toEqual(all.slice(3));
});

it('of companies unknown to the CRM, whichever other system the caller may not see', async () => {
  await using graph = await startGraphWithIdentity({});
  const strangers = graph.sandbox.world.companies.filter(({ ids }) => !ids.hubspot && ids.zendesk).slice(0, 3);
  expect(strangers.length).toBeGreaterThan(0);
  const query = 'query Named($key: String!) { found: account(domain: $key) { name } }';
  const domains = strangers.map(({ domain }) => domain);
  const names = strangers.map(({ name }) => ({ name }));
  expect(await namesOf(undefined, query, domains)).toEqual(names);
  expect(await namesOf('stripe', query, domains)).toEqual(names);
});
