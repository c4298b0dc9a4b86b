/**
 * Every way in × every refusal: the same code, nothing of the data, no vendor call, and a WebSocket that lives on. Mercurius
 * once forgot its depth limit over WebSocket (CVE-2026-30241); a table forgets nothing.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccessGateway, SMALL_COST, startAccessGateway } from './access-gateway.ts';
import { REFUSALS, type Refusal, TEXT_OF_TRUSTED, WRITE_BY_GET, WRITE_BY_TOOL } from './refusals.ts';
import { askBatch, HARMLESS, persist, type Told, TRANSPORTS, type Transport } from './transports.ts';

const PARTLY = '{ stripeCustomers(first: 1) { nodes { id email } } hubspotOwner(id: "1") { id email } }';
const HIDDEN = '{ hubspotContacts(first: 1) { nodes { id } } }';
const PERSONAL = '{ stripeCustomers(first: 1) { nodes { id email name } } }';
const TABLE = [...Object.values(REFUSALS), TEXT_OF_TRUSTED, WRITE_BY_GET];
const ALL_TRANSPORTS: [string, Transport][] = Object.entries(TRANSPORTS);

let gateway: AccessGateway;
beforeAll(async () => {
  const texts = new Set([HARMLESS, PARTLY, HIDDEN, PERSONAL, ...TABLE.map(({ query }) => query)]);
  gateway = await startAccessGateway([...texts]);
  // A quota of one request in a day.
  await gateway.ask(HARMLESS, { key: gateway.keys.spent });
  // Nobody is let in here who could write.
  for (const text of texts) await persist(gateway, text, gateway.keys.reader);
});
afterAll(() => gateway[Symbol.asyncDispose]());

const keyOf = (client: Refusal['client']): string | undefined =>
  client === 'nobody' ? undefined : client === 'stranger' ? 'vg_live_AAAAAAAA_nobody' : gateway.keys[client];

/** Vendor calls that `work` leads to, beside what it gives. */
async function withCalls<Value>(work: () => Promise<Value>): Promise<[Value, Record<string, number>]> {
  const before = await gateway.calls();
  const value = await work();
  const after = Object.entries(await gateway.calls());
  const made = after.map(([name, count]) => [name, count - (before[name] ?? 0)] as const);
  return [value, Object.fromEntries(made.filter(([, count]) => count > 0))];
}

async function expectRefused(
  { client, query, told, status, headers = {} }: Refusal,
  transport: Transport,
): Promise<void> {
  const [answer, calls] = await withCalls(() => transport.ask(gateway, { query, key: keyOf(client) }));
  expect(calls).toEqual({});
  expect(answer.data ?? null).toBeNull();
  if (transport.kind === 'socket' && told.code === 'UNAUTHENTICATED') {
    expect(answer.closed).toEqual({ code: 4403, reason: expect.stringContaining('UNAUTHENTICATED') });
    return;
  }
  expect(answer.errors).toHaveLength(1);
  const { code, limit, scopes, requestId } = answer.errors[0]?.extensions ?? {};
  expect({ code, limit, scopes }).toEqual({ limit: undefined, scopes: undefined, ...told });
  expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
  if (transport.kind === 'socket') expect(answer.wentOn).toBe(true);
  else expectStatus(answer, statusFor(transport, status, told.scopes !== undefined), headers);
}

const isWrite = (query: string): boolean => query.startsWith('mutation');

/** A model is told in a tool's answer; statuses are for what its client has to do: bring a credential, more scopes, or wait. */
function statusFor({ kind }: Transport, status: Refusal['status'], isScope: boolean): number {
  if (status === 'of a limit') return kind === 'json' || kind === 'stream' || kind === 'tool' ? 200 : 400;
  return kind === 'tool' && status === 403 && !isScope ? 200 : status;
}

function expectStatus(answer: Told, status: number, headers: Readonly<Record<string, unknown>>): void {
  expect(answer.status).toBe(status);
  for (const [name, value] of Object.entries(headers)) {
    const expected = value instanceof RegExp ? expect.stringMatching(value) : value;
    expect({ [name]: answer.headers?.get(name) }).toEqual({ [name]: expected });
  }
}

describe.each(ALL_TRANSPORTS)('%s', (_name, transport) => {
  const refusals = Object.entries(REFUSALS).filter(([, { query }]) => !(transport.onlyReads && isWrite(query)));
  it.each(refusals)('refuses %s', (_refusal, refusal) => expectRefused(refusal, transport));

  const write = transport.kind === 'tool' ? WRITE_BY_TOOL : WRITE_BY_GET;
  if (transport.onlyReads) it('takes no mutation', () => expectRefused(write, transport));

  if (transport.by === 'documentId') {
    it('answers a client held to saved operations', async () => {
      const { data } = await transport.ask(gateway, { query: TEXT_OF_TRUSTED.query, key: gateway.keys.trusted });
      expect(data).toMatchObject({ stripeInvoices: { nodes: [{ id: expect.any(String) }] } });
    });
  } else {
    it('takes no text of a client held to saved operations', () => expectRefused(TEXT_OF_TRUSTED, transport));
  }

  it('counts what it refuses: whoever goes on gets no further than its quota of requests', async () => {
    const key = gateway.keys[`careless-${ALL_TRANSPORTS.findIndex(([, one]) => one === transport)}`];
    const query = transport.by === 'text' ? '{ nope }' : HIDDEN;
    const answers: Told[] = [];
    for (let time = 0; time < 3; time += 1) answers.push(await transport.ask(gateway, { query, key }));
    const codes = answers.map(({ errors }) => errors[0]?.extensions['code']);
    expect(codes[0]).toBe(transport.by === 'text' ? 'GRAPHQL_VALIDATION_FAILED' : 'SCOPE_MISSING');
    expect(codes[2]).toBe('QUOTA_EXCEEDED');
    if (transport.kind !== 'socket')
      expectStatus(answers[2] ?? { errors: [] }, 429, { 'retry-after': /^[1-9]/, ratelimit: /;r=0;/ });
  });

  it('nulls the part whose scope is missing, names the scope, and asks that vendor nothing', async () => {
    const [{ data, errors, status }, calls] = await withCalls(() =>
      transport.ask(gateway, { query: PARTLY, key: gateway.keys.billing }),
    );
    expect(data).toMatchObject({
      stripeCustomers: { nodes: [{ email: expect.stringMatching(/^[^*]+@/) }] },
      hubspotOwner: null,
    });
    const extensions = { code: 'SCOPE_MISSING', scopes: ['hubspot:read'] };
    expect(errors).toMatchObject([{ path: ['hubspotOwner'], extensions }]);
    expect(calls).toEqual({ 'stripe.customers': 1 });
    expect(status ?? 200).toBe(200);
  });

  it('masks personal data and lists it', async () => {
    const { data, extensions, errors } = await transport.ask(gateway, { query: PERSONAL, key: gateway.keys.masked });
    const [customer] = (data as { stripeCustomers: { nodes: { email: string; name: string }[] } }).stripeCustomers
      .nodes;
    expect(customer?.email).toMatch(/^.\*\*\*@[\w.-]+$/);
    expect(customer?.name ?? '').toMatch(/^$|\*\*\*/);
    expect(extensions?.['redacted']).toEqual(['stripeCustomers.nodes.email', 'stripeCustomers.nodes.name']);
    expect(errors).toEqual([]);
  });
});

it('stops what takes more calls than was estimated at twice the limit: strangers, whom every system is asked for', async () => {
  const strangers = (count: number) =>
    `{ ${Array.from({ length: count }, (_, n) => `p${n}: person(email: "nobody${n}@nowhere.example") { email }`).join(' ')} }`;
  const ask = (query: string) => withCalls(() => TRANSPORTS.POST.ask(gateway, { query, key: gateway.keys.thrifty }));
  const sum = (calls: Record<string, number>) => Object.values(calls).reduce((all, one) => all + one, 0);
  const [one, oneCalls] = await ask(strangers(1));
  expect(one).toMatchObject({ data: { p0: null }, errors: [] });
  expect(sum(oneCalls)).toBeGreaterThan(SMALL_COST);
  const [many, calls] = await ask(strangers(20));
  expect(sum(calls)).toBe(2 * SMALL_COST);
  expect(many).toMatchObject({ data: { p0: null, p19: null }, extensions: { cost: { estimated: 1 } } });
  expect(many.errors).toHaveLength(20);
  expect(many.errors[0]?.extensions).toMatchObject({ code: 'LIMIT_EXCEEDED', limit: 'cost' });
});

it('counts by limit and kind of client what it has refused for its size', async () => {
  const headers = { authorization: 'Bearer vg_demo_admin' };
  const text = await (await fetch(`${gateway.gateway.url}/metrics`, { headers })).text();
  const count = (limit: string, kind: string) =>
    Number(new RegExp(`vendorgraph_limits_exceeded_total{limit="${limit}",kind="${kind}"} (\\d+)`).exec(text)?.[1]);
  // Every transport was refused once.
  for (const limit of ['characters', 'tokens', 'aliases', 'rootFields', 'directives', 'fields', 'rows'])
    expect(count(limit, 'agent'), limit).toBe(ALL_TRANSPORTS.length);
  // And once while it ran.
  expect(count('cost', 'frontend')).toBe(ALL_TRANSPORTS.length + 1);
});

describe('a list of operations in one request', () => {
  it.each(Object.entries(REFUSALS))(
    'is refused as such, whatever is in it: %s',
    async (_name, { client, query, told, status }) => {
      for (const count of [1, 2, 50]) {
        const [answer, calls] = await withCalls(() => askBatch(gateway, { query, key: keyOf(client) }, count));
        const isUnread = told.code === 'UNAUTHENTICATED' || client === 'spent';
        expect(calls).toEqual({});
        expect(answer.status).toBe(isUnread ? status : 400);
        expect(answer.data ?? null).toBeNull();
        expect(answer.errors).toMatchObject([{ extensions: { code: isUnread ? told.code : 'BAD_USER_INPUT' } }]);
      }
    },
  );
});
