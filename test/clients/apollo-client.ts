/** Apollo Client as an application sets it up, over a gateway under test. */
import { ApolloClient, type ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache } from '@apollo/client/core';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { relayStylePagination } from '@apollo/client/utilities';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import type { GatewayUnderTest } from '../gateway-under-test.ts';

export interface HttpClientOptions {
  key?: string;
  useGETForQueries?: boolean;
  /** Told of each request. */
  onRequest?: (method: string, url: URL) => void;
}

/** Over HTTP. */
export function httpClient({ gateway }: GatewayUnderTest, options: HttpClientOptions = {}): ApolloClient {
  const { key = 'vg_demo_frontend', useGETForQueries = false, onRequest } = options;
  return apollo(
    new HttpLink({
      uri: `${gateway.url}/graphql`,
      useGETForQueries,
      headers: { authorization: `Bearer ${key}` },
      fetch: (input, init) => {
        onRequest?.(init?.method ?? 'GET', new URL(String(input)));
        return fetch(input, init);
      },
    }),
  );
}

/** Over WebSocket; disposing closes the socket. */
export function wsClient(
  { gateway }: GatewayUnderTest,
  key = 'vg_demo_frontend',
): AsyncDisposable & { client: ApolloClient } {
  const socket = createClient({
    url: `${gateway.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    connectionParams: { authorization: `Bearer ${key}` },
  });
  return { client: apollo(new GraphQLWsLink(socket)), [Symbol.asyncDispose]: async () => socket.dispose() };
}

function apollo(link: ApolloLink): ApolloClient {
  const paged = relayStylePagination();
  const fields = {
    hubspotContacts: paged,
    stripeInvoices: paged,
    zendeskSearch: relayStylePagination(['query']),
    calcomBookings: paged,
    bamboohrEmployees: paged,
    people: paged,
  };
  return new ApolloClient({ link, cache: new InMemoryCache({ typePolicies: { Query: { fields } } }) });
}

/** The GraphQL errors Apollo rejects with; anything else it rejects with fails the test. */
export async function graphqlErrors(answer: Promise<unknown>): Promise<CombinedGraphQLErrors['errors']> {
  const error = await answer.then(
    () => new Error('There was no error.'),
    (reason: unknown) => reason,
  );
  if (CombinedGraphQLErrors.is(error)) return error.errors;
  throw error;
}
