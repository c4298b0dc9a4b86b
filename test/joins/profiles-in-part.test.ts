/** A bulk answer of People Data Labs whose entries fail one by one: what failed is an error, what does not exist is null. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type GraphWithIdentity, startGraphWithIdentity } from './graph-with-identity.ts';

let graph: GraphWithIdentity;

beforeAll(async () => {
  graph = await startGraphWithIdentity({});
});
afterAll(() => graph[Symbol.asyncDispose]());
afterEach(() => faults('DELETE'));

async function faults(method: string, body?: object): Promise<Response> {
  return fetch(`${graph.sandbox.controlUrl}/faults`, { method, ...(body && { body: JSON.stringify(body) }) });
}

describe.each([
  { status: 429, code: 'VENDOR_RATE_LIMITED' },
  { status: 500, code: 'VENDOR_DOWN' },
  { status: 402, code: 'VENDOR_REJECTED' },
  { status: 401, code: 'CONNECTION_MISSING' },
])('an entry with status $status', ({ status, code }) => {
  it.each(['person', 'company'])('is an error of its own row: a %s', async (what) => {
    const { people, companies } = graph.sandbox.world;
    const [one, two] =
      what === 'person'
        ? people.filter(({ ids }) => ids.pdl && ids.hubspot).map(({ email }) => `person(email: "${email}")`)
        : companies.filter(({ ids }) => ids.pdl && ids.hubspot).map(({ domain }) => `account(domain: "${domain}")`);
    expect((await faults('POST', { vendor: 'pdl', kind: 'entry', value: status })).ok).toBe(true);
    const { data, errors } = await graph.ask(`{ one: ${one} { profile { id } } two: ${two} { profile { id } } }`);
    // Which of the two goes first in the answer is the gateway's choice: one of them fails.
    const [failed, found] = data.one.profile === null ? ['one', 'two'] : ['two', 'one'];
    expect(errors).toEqual([`${failed}.profile: ${code}`]);
    expect(data[failed].profile).toBeNull();
    expect(data[found].profile.id).toEqual(expect.any(String));
  });
});

it('an entry with status 404 is null, and no error', async () => {
  const email = graph.sandbox.world.people.find(({ ids }) => ids.hubspot && ids.pdl)?.email;
  await faults('POST', { vendor: 'pdl', kind: 'entry', value: 404 });
  expect(await graph.ask(`{ person(email: "${email}") { profile { id } } }`)).toEqual({
    data: { person: { profile: null } },
    errors: [],
  });
});

it('is no fault of a vendor whose entries have no status', async () => {
  const refused = await faults('POST', { vendor: 'stripe', kind: 'entry', value: 500 });
  expect(refused.status).toBe(400);
  expect(await refused.text()).toContain('no status of their own');
});
