/**
 * Two principals ask the same, mixed with one another, over connections that are kept and with every cache warm: neither
 * ever gets what is the other's. (CVE-2025-27097: variables and tokens of an earlier request were used again;
 * CVE-2026-23735: contexts of requests at the same time were mixed.)
 */
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { createRandom } from '../../../src/sandbox/random.ts';
import { connectClient } from '../../agents/connected-client.ts';
import { EVERY_SCOPE, SCOPES, type ScopedGateway, startScopedGateway } from './scoped-gateway.ts';

/** Over HTTP, and as many over WebSocket; `VENDORGRAPH_ISOLATION_REQUESTS=10000` for the whole proof. */
const REQUESTS = Number(process.env['VENDORGRAPH_ISOLATION_REQUESTS'] ?? 1_500);
const AT_ONCE = 50;
const TIMEOUT_MS = Math.max(60_000, REQUESTS * 30);

const without = (...scopes: string[]): number =>
  SCOPES.reduce((client, scope, bit) => (scopes.includes(scope) ? client - (1 << bit) : client), EVERY_SCOPE);
/** One sees everything in the clear; the other neither the clear nor the bills nor the chat. */
const CLIENTS = [EVERY_SCOPE, without('pii:read', 'stripe:read', 'slack:read')] as const;

const QUERY = `query ($email: String!, $id: ID!) {
  person(email: $email) { email name contact { id properties { phone } } customer { id email } slackUser { id } }
  zendeskUser(id: $id) { vg__type: id name email }
}`;
const SCHEMA = '{ __schema { queryType { fields { name } } } __type(name: "StripeCustomer") { name } }';

let gateway: ScopedGateway;
let subjects: { variables: Record<string, unknown>; canaries: string[] }[];
beforeAll(async () => {
  gateway = await startScopedGateway();
  subjects = gateway.sandbox.world.people
    .filter(({ ids }) => ids.hubspot && ids.zendesk)
    .slice(0, 4)
    .map(({ email, ids, lastName }) => ({
      variables: { email, id: String(ids.zendesk) },
      canaries: [email, lastName],
    }));
});
afterAll(() => gateway[Symbol.asyncDispose]());

type Ask = (client: number, query: string, variables: Record<string, unknown>) => Promise<string>;

const overHttp: Ask = async (client, query, variables) => {
  const { data, errors, extensions } = await gateway.ask(query, { variables, key: gateway.keys[client] ?? '' });
  return comparable({ data, errors, extensions });
};

/** Without what is new in each answer: ids of requests. */
function comparable(result: unknown): string {
  return JSON.stringify(result, (key, value) => (key === 'requestId' || key === 'locations' ? undefined : value));
}

async function hammer(ask: Ask): Promise<void> {
  const asked = [...subjects.map(({ variables }) => ({ query: QUERY, variables })), { query: SCHEMA, variables: {} }];
  const own = new Map<string, string>();
  // One after the other, until everything is cached: what each is to get from now on.
  for (const [index, { query, variables }] of asked.entries())
    for (const client of CLIENTS)
      for (let round = 0; round < 4; round += 1) own.set(`${client} ${index}`, await ask(client, query, variables));
  expectOwn(own, asked.length - 1);
  const random = createRandom(1, 'order');
  for (let done = 0; done < REQUESTS; done += AT_ONCE) {
    const batch = Array.from({ length: AT_ONCE }, () => ({
      client: random.pick(CLIENTS),
      index: random.int(0, asked.length - 1),
    }));
    const answers = await Promise.all(
      batch.map(({ client, index }) => ask(client, asked[index]?.query ?? '', asked[index]?.variables ?? {})),
    );
    for (const [place, { client, index }] of batch.entries())
      expect(answers[place]).toBe(own.get(`${client} ${index}`));
  }
}

/** What each gets alone is right, or all that follows would prove nothing. */
function expectOwn(own: ReadonlyMap<string, string>, schemaAt: number): void {
  const [all, less] = CLIENTS;
  for (const [index, { canaries }] of subjects.entries()) {
    for (const canary of canaries) {
      expect(own.get(`${all} ${index}`)).toContain(canary);
      expect(own.get(`${less} ${index}`)).not.toContain(canary);
    }
    expect(own.get(`${less} ${index}`)).toContain('"scopes":["stripe:read"]');
    expect(own.get(`${all} ${index}`)).not.toContain('SCOPE_MISSING');
  }
  expect(own.get(`${all} ${schemaAt}`)).toContain('stripeCustomers');
  expect(own.get(`${less} ${schemaAt}`)).not.toContain('tripe');
}

describe('two principals with one query, CVE-2025-27097 and CVE-2026-23735', () => {
  it(`get their own answers over kept HTTP connections, ${REQUESTS} times`, { timeout: TIMEOUT_MS }, () =>
    hammer(overHttp),
  );

  it(`get their own answers over WebSocket, ${REQUESTS} times`, { timeout: TIMEOUT_MS }, async () => {
    const clients = new Map(
      CLIENTS.map((client) => [
        client,
        createClient({
          url: `${gateway.gateway.url.replace('http', 'ws')}/graphql`,
          webSocketImpl: WebSocket,
          retryAttempts: 0,
          connectionParams: { authorization: `Bearer ${gateway.keys[client]}` },
        }),
      ]),
    );
    try {
      await hammer(async (client, query, variables) => {
        for await (const result of clients.get(client)?.iterate({ query, variables }) ?? []) {
          const { data, errors = [], extensions } = result;
          return comparable({ data, errors, extensions });
        }
        throw new Error('The WebSocket gave no answer.');
      });
    } finally {
      for (const client of clients.values()) await client.dispose();
    }
  });

  it(`get their own answers over MCP, ${REQUESTS} times`, { timeout: TIMEOUT_MS }, async () => {
    await using agents = new AsyncDisposableStack();
    const connected = new Map(
      await Promise.all(
        CLIENTS.map(async (client) => {
          const agent = await connectClient(gateway.gateway.url, gateway.keys[client] ?? '');
          return [client, agents.use(agent)] as const;
        }),
      ),
    );
    await hammer(async (client, query, variables) => {
      const given = { query, variables, reason: 'to see whose answer comes', maxTokens: 20_000 };
      const answer = await connected.get(client)?.call('graph_query', given);
      const { data, errors = [], meta } = answer?.structuredContent ?? { meta: {} };
      const { auditId: _new, ...extensions } = meta;
      return comparable({ data, errors, extensions });
    });
  });
});
