import { createHash } from 'node:crypto';
import { gql } from '@apollo/client/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type GatewayUnderTest, startGatewayUnderTest } from '../gateway-under-test.ts';
import { graphqlErrors, httpClient, wsClient } from './apollo-client.ts';
import { CUSTOMER_360 } from './customer-360.ts';

let running: GatewayUnderTest;
beforeAll(async () => {
  running = await startGatewayUnderTest();
});
afterAll(() => running[Symbol.asyncDispose]());
beforeEach(() => running.control('POST', '/reset'));

const CREATE_CONTACT = gql`
  mutation ($email: String!) {
    hubspotCreateContact(input: { properties: { email: $email } }) { id }
  }
`;

const ADA = {
  person: {
    name: 'Ada Lindqvist',
    contact: { properties: { lifecyclestage: 'customer' } },
    customer: { email: expect.stringMatching(/@brightforge\.io$/i) },
    tickets: {
      nodes: expect.arrayContaining([
        {
          __typename: 'ZendeskTicket',
          id: expect.any(String),
          subject: expect.any(String),
          status: expect.any(String),
        },
      ]),
    },
    account: { name: 'Brightforge' },
  },
};

describe('Apollo Client over HTTP', () => {
  it('asks the customer-360 query by POST, and answers the next one from its cache', async () => {
    const methods: string[] = [];
    const client = httpClient(running, { onRequest: (method) => methods.push(method) });
    const first = await client.query({ query: gql(CUSTOMER_360) });
    expect(first.data).toMatchObject(ADA);
    const again = await client.query({ query: gql(CUSTOMER_360) });
    expect(again.data).toEqual(first.data);
    expect(methods).toEqual(['POST']);
  });

  it('asks queries by GET where it is told to, with variables, and mutations by POST', async () => {
    const requests: [string, string[]][] = [];
    const onRequest = (method: string, { searchParams }: URL) =>
      requests.push([method, [...searchParams.keys()].sort()]);
    const client = httpClient(running, { useGETForQueries: true, key: 'vg_demo_app', onRequest });
    expect((await client.query({ query: gql(CUSTOMER_360) })).data).toMatchObject(ADA);
    const query = gql`query ($email: String!) { person(email: $email) { name } }`;
    const { data } = await client.query({ query, variables: { email: 'Ada.Lindqvist@Brightforge.io' } });
    expect(data).toMatchObject({ person: { name: 'Ada Lindqvist' } });
    const created = await client.mutate({ mutation: CREATE_CONTACT, variables: { email: 'new@example.com' } });
    expect(created.data).toMatchObject({ hubspotCreateContact: { id: expect.any(String) } });
    expect(requests.map(([method]) => method)).toEqual(['GET', 'GET', 'POST']);
    expect(requests[1]?.[1]).toContain('variables');
  });

  it('is refused a mutation by GET with 405, before any call', async () => {
    const url = new URL(`${running.gateway.url}/graphql`);
    url.searchParams.set(
      'query',
      'mutation { hubspotCreateContact(input: { properties: { email: "new@example.com" } }) { id } }',
    );
    const response = await fetch(url, { headers: { authorization: 'Bearer vg_demo_admin' } });
    expect(response.status).toBe(405);
    expect(await running.calls()).toEqual({});
  });

  it('sends a query by its hash alone once the gateway has seen its text', async () => {
    const query = '{ __typename }';
    const extensions = { persistedQuery: { version: 1, sha256Hash: createHash('sha256').update(query).digest('hex') } };
    const send = async (body: object) => {
      const headers = { authorization: 'Bearer vg_demo_frontend', 'content-type': 'application/json' };
      const response = await fetch(`${running.gateway.url}/graphql`, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
      });
      return response.json();
    };
    const unknown = { errors: [{ message: 'PersistedQueryNotFound', extensions: { code: 'BAD_USER_INPUT' } }] };
    expect(await send({ extensions })).toMatchObject(unknown);
    const answer = { data: { __typename: 'Query' } };
    expect(await send({ query, extensions })).toMatchObject(answer);
    expect(await send({ extensions })).toMatchObject(answer);
    const other = { query: '{ alias: __typename }', extensions };
    expect(await send(other)).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
    expect(await send({ extensions })).toMatchObject(answer);
  });
});

describe('errors in Apollo Client', () => {
  const coded = (code: string, more: object = {}) => ({
    code,
    requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    ...more,
  });

  it('are GraphQL errors with code and request id: an unknown field’s, a refused mutation’s', async () => {
    const client = httpClient(running);
    const unknown = await graphqlErrors(client.query({ query: gql`{ nobody { name } }` }));
    expect(unknown).toMatchObject([
      { message: expect.stringContaining('nobody'), extensions: coded('GRAPHQL_VALIDATION_FAILED') },
    ]);
    const refused = await graphqlErrors(
      client.mutate({ mutation: CREATE_CONTACT, variables: { email: 'new@example.com' } }),
    );
    expect(refused).toMatchObject([
      {
        message: expect.stringContaining('Mutation.hubspotCreateContact'),
        extensions: coded('SCOPE_MISSING', { scopes: ['hubspot:write'] }),
      },
    ]);
  });

  it('say so when nobody knows the key', async () => {
    const errors = await graphqlErrors(httpClient(running, { key: 'wrong' }).query({ query: gql(CUSTOMER_360) }));
    expect(errors).toMatchObject([{ extensions: coded('UNAUTHENTICATED') }]);
  });

  it('come beside the data of the vendors that answered', async () => {
    await running.control('POST', '/faults', { vendor: 'stripe', kind: 'status', value: 500 });
    const { data, error } = await httpClient(running).query({ query: gql(CUSTOMER_360), errorPolicy: 'all' });
    expect(data).toMatchObject({
      person: { customer: null, contact: { id: expect.any(String) }, slackUser: { id: expect.any(String) } },
    });
    expect((error as { errors?: unknown } | undefined)?.errors).toMatchObject([
      {
        path: ['person', 'customer'],
        extensions: coded('VENDOR_DOWN', { vendor: 'stripe', operation: expect.any(String), retryable: true }),
      },
    ]);
  });
});

describe('Apollo Client over WebSocket', () => {
  it('gets the same answers as over HTTP', async () => {
    await using socket = wsClient(running);
    const [ws, http] = [
      await socket.client.query({ query: gql(CUSTOMER_360) }),
      await httpClient(running).query({ query: gql(CUSTOMER_360) }),
    ];
    expect(ws.data).toEqual(http.data);
    expect(ws.data).toMatchObject(ADA);
  });

  it('gets the same errors, and its connection stays', async () => {
    await using socket = wsClient(running);
    const invalid = await graphqlErrors(socket.client.query({ query: gql`{ nobody { name } }` }));
    expect(invalid).toMatchObject([
      { extensions: { code: 'GRAPHQL_VALIDATION_FAILED', requestId: expect.any(String) } },
    ]);
    const refused = await graphqlErrors(
      socket.client.mutate({ mutation: CREATE_CONTACT, variables: { email: 'new@example.com' } }),
    );
    expect(refused).toMatchObject([{ extensions: { code: 'SCOPE_MISSING', requestId: expect.any(String) } }]);
    const wrong = await graphqlErrors(socket.client.mutate({ mutation: CREATE_CONTACT, variables: { email: 1 } }));
    expect(wrong).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', requestId: expect.any(String) } }]);
    expect((await socket.client.query({ query: gql(CUSTOMER_360) })).data).toMatchObject(ADA);
  });
});
