/** What a mutation's second field reads is not what its first field read before the write between them. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type GatewayUnderTest, startGatewayUnderTest } from '../gateway-under-test.ts';
import { ask, type Tree } from './asking.ts';

let gateway: GatewayUnderTest;

beforeAll(async () => {
  gateway = await startGatewayUnderTest();
});
afterAll(() => gateway[Symbol.asyncDispose]());

const ada = 'ada.lindqvist@brightforge.io';
const jobtitleOf = (title: string, selection: string): string =>
  `hubspotUpdateContact(id: "${ada}", idProperty: "email", input: { properties: { jobtitle: "${title}" } }) { ${selection} }`;

it('a join behind each write tells what that write wrote', async () => {
  const joined = 'person { contact { properties { jobtitle } } }';
  const data: Tree = await ask(gateway, `mutation { a: ${jobtitleOf('A', joined)} b: ${jobtitleOf('B', joined)} }`);
  expect([data.a, data.b].map(({ person }) => person.contact.properties.jobtitle)).toEqual(['A', 'B']);
});

it('a list that was walked before the write is walked again', async () => {
  const joined = 'person { emails(first: 1) { nodes { id } } }';
  const walked = async (fields: string): Promise<number> => {
    const before = (await gateway.calls())['resend.emails'] ?? 0;
    await ask(gateway, `mutation { ${fields} }`);
    return ((await gateway.calls())['resend.emails'] ?? 0) - before;
  };
  const once = await walked(`a: ${jobtitleOf('A', joined)}`);
  expect(once).toBeGreaterThan(0);
  expect(await walked(`a: ${jobtitleOf('A', joined)} b: ${jobtitleOf('B', joined)}`)).toBe(2 * once);
});
