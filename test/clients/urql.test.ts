import { Client, type CombinedError, fetchExchange } from '@urql/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type GatewayUnderTest, startGatewayUnderTest } from '../gateway-under-test.ts';
import { CUSTOMER_360 } from './customer-360.ts';

let running: GatewayUnderTest;
beforeAll(async () => {
  running = await startGatewayUnderTest();
});
afterAll(() => running[Symbol.asyncDispose]());

function client(key = 'vg_demo_frontend', preferGetMethod: boolean | 'force' = false): Client {
  return new Client({
    url: `${running.gateway.url}/graphql`,
    exchanges: [fetchExchange],
    preferGetMethod,
    fetchOptions: { headers: { authorization: `Bearer ${key}` } },
  });
}

const codes = (error: CombinedError | undefined) => error?.graphQLErrors.map(({ extensions }) => extensions);

it.each([false, 'force'] as const)('asks the customer-360 query with urql, preferGetMethod %j', async (preferGet) => {
  const { data, error } = await client('vg_demo_frontend', preferGet).query(CUSTOMER_360, {}).toPromise();
  expect(error).toBeUndefined();
  expect(data).toMatchObject({
    person: { name: 'Ada Lindqvist', account: { name: 'Brightforge' }, slackUser: { real_name: 'Ada Lindqvist' } },
  });
});

it('hands urql typed errors: a refused mutation, an invalid query, an unknown key', async () => {
  const CREATE = 'mutation { hubspotCreateContact(input: { properties: { email: "new@example.com" } }) { id } }';
  const refused = await client().mutation(CREATE, {}).toPromise();
  expect(codes(refused.error)).toMatchObject([
    { code: 'SCOPE_MISSING', scopes: ['hubspot:write'], requestId: expect.any(String) },
  ]);
  const invalid = await client().query('{ nobody { name } }', {}).toPromise();
  expect(codes(invalid.error)).toMatchObject([{ code: 'GRAPHQL_VALIDATION_FAILED', requestId: expect.any(String) }]);
  const unknown = await client('wrong').query(CUSTOMER_360, {}).toPromise();
  expect(codes(unknown.error)).toMatchObject([{ code: 'UNAUTHENTICATED', requestId: expect.any(String) }]);
});

it('keeps urql’s data beside the error of a vendor that is down', async () => {
  await running.control('POST', '/faults', { vendor: 'zendesk', kind: 'status', value: 503 });
  const { data, error } = await client().query(CUSTOMER_360, {}).toPromise();
  await running.control('DELETE', '/faults');
  expect(data).toMatchObject({ person: { contact: { id: expect.any(String) }, tickets: { nodes: null } } });
  expect(codes(error)).toMatchObject([{ code: 'VENDOR_DOWN', vendor: 'zendesk', retryable: true }]);
});
