/** `auditEvents` as an admin of a real gateway asks for it: over HTTP, of the log in the gateway's files. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type GatewayUnderTest, startGatewayUnderTest } from '../gateway-under-test.ts';

let under: GatewayUnderTest;
beforeAll(async () => {
  under = await startGatewayUnderTest();
});
afterAll(async () => {
  await under[Symbol.asyncDispose]();
});

const CANARY = 'canary.auditgraph@brightforge.io';
const READ = 'query People($email: String!) { person(email: $email) { email name } }';
const WRITE =
  'mutation Post { slackPostMessage(input: { channel: "C0", text: "the canary sings of canary.auditgraph@brightforge.io" }) { ts } }';

interface Page {
  edges: { cursor: string; node: Record<string, unknown> }[];
  nodes: Record<string, unknown>[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

const ALL = `seq time requestId kind principal client clientKind onBehalfOf reason transport operationName operationType
  operationHash variables fields { sensitivity coordinates } vendors { vendor calls } outcome codes cost { estimated actual }`;

function pageOf({ data, errors }: Answer): Page {
  expect(errors).toEqual([]);
  return (data as unknown as { auditEvents: Page }).auditEvents;
}

async function events(args: string, selection = `nodes { ${ALL} }`): Promise<Page> {
  return pageOf(await under.ask(`{ auditEvents${args} { ${selection} } }`));
}

describe('auditEvents', () => {
  it('shows an admin who read what, why, and what of it was personal', async () => {
    const headers = { 'x-request-id': 'audit-graph-read', 'x-reason': 'support case 12' };
    await under.ask(READ, { key: 'vg_demo_frontend', variables: { email: CANARY }, headers });
    const { nodes } = await events('(filter: { requestId: "audit-graph-read" })');
    expect(nodes).toEqual([
      expect.objectContaining({
        kind: 'OPERATION',
        outcome: 'OK',
        client: 'demo-frontend',
        clientKind: 'frontend',
        reason: 'support case 12',
        transport: 'post',
        operationName: 'People',
        operationType: 'query',
        variables: '{"email":"***"}',
        codes: [],
      }),
    ]);
    expect(nodes[0]?.['fields']).toContainEqual({ sensitivity: 'EMAIL', coordinates: ['Person.email'] });
    expect(nodes[0]?.['vendors']).toContainEqual({ vendor: 'hubspot', calls: 1 });
    expect(Date.parse(String(nodes[0]?.['time']))).toBeLessThanOrEqual(Date.now());
  });

  it('shows a write twice, newest first: as it ended and as it began', async () => {
    await under.ask(WRITE, { key: 'vg_demo_app', headers: { 'x-request-id': 'audit-graph-write' } });
    const { nodes } = await events('(filter: { requestId: "audit-graph-write" })', 'nodes { kind outcome seq }');
    expect(nodes.map(({ kind }) => kind)).toEqual(['WRITE_CLOSED', 'WRITE_OPENED']);
    expect(nodes[1]?.['outcome']).toBe('OPENED');
    expect(Number(nodes[0]?.['seq'])).toBeGreaterThan(Number(nodes[1]?.['seq']));
  });

  it('filters by everything the filter names, and goes on where a page ended', async () => {
    const requestIds = ['audit-page-1', 'audit-page-2', 'audit-page-3'];
    const from = new Date().toISOString();
    for (const id of requestIds)
      await under.ask('query Paged { hubspotContacts(first: 1) { nodes { id } } }', {
        key: 'vg_demo_agent',
        headers: { 'x-request-id': id },
      });
    const filter = `{ client: "demo-agent", principal: "key:vg_demo_agent", kind: OPERATION, outcome: OK, vendor: "hubspot", from: "${from}", to: "2999-01-01T00:00:00Z" }`;
    const selection = 'edges { cursor node { requestId } } pageInfo { hasNextPage endCursor }';
    const first = await events(`(first: 2, filter: ${filter})`, selection);
    expect(first.edges.map(({ node }) => node['requestId'])).toEqual(['audit-page-3', 'audit-page-2']);
    expect(first.pageInfo).toEqual({ hasNextPage: true, endCursor: first.edges[1]?.cursor });
    const rest = await events(`(first: 2, after: "${first.pageInfo.endCursor}", filter: ${filter})`, selection);
    expect(rest.edges.map(({ node }) => node['requestId'])).toEqual(['audit-page-1']);
    const none = await events(`(filter: { client: "demo-agent", vendor: "stripe", from: "${from}" })`);
    expect(none.nodes).toEqual([]);
  });

  it('asks no vendor, and costs nothing', async () => {
    await under.control('POST', '/reset');
    const { extensions } = await under.ask(`{ auditEvents(first: 100) { nodes { ${ALL} } } }`);
    expect(extensions['cost']).toEqual({ estimated: 0, actual: 0 });
    expect(await under.calls()).toEqual({});
  });

  it('is refused to callers without admin:read, and is not in the graph they see', async () => {
    const { status, data, errors } = await under.ask('{ auditEvents { nodes { requestId } } }', {
      key: 'vg_demo_app',
    });
    expect({ status, data }).toEqual({ status: 403, data: null });
    expect(errors.map(({ extensions }) => extensions)).toEqual([
      expect.objectContaining({ code: 'SCOPE_MISSING', scopes: ['admin:read'] }),
    ]);
    const introspection = '{ __schema { types { name } } __type(name: "Query") { fields { name } } }';
    for (const key of ['vg_demo_frontend', 'vg_demo_app', 'vg_demo_agent']) {
      expect((await under.ask(introspection, { key })).text, key).not.toMatch(/audit/i);
    }
    expect((await under.ask(introspection)).text).toContain('"auditEvents"');
  });

  it('holds no personal data that passed through a caller’s text', async () => {
    await under.ask(READ, { variables: { email: CANARY }, headers: { 'x-reason': `asked by ${CANARY}` } });
    await under.ask(`{ person(email: "${CANARY}") { name } }`);
    await under.ask(WRITE, { key: 'vg_demo_app' });
    const { text } = await under.ask(`{ auditEvents(first: 100) { nodes { ${ALL} } } }`);
    expect(text).toContain('WRITE_OPENED');
    expect(text).toContain('asked by [address]');
    expect(text).not.toMatch(/canary/i);
  });

  it('refuses a cursor that is none, and a page that is too long, and answers the rest', async () => {
    const wrong = 'auditEvents(after: "bm9uZQ") { nodes { seq } }';
    const { data, errors } = await under.ask(
      `{ ${wrong} long: auditEvents(first: 101) { nodes { seq } } right: auditEvents(first: 1) { nodes { kind } } }`,
    );
    expect(data).toMatchObject({ auditEvents: { nodes: null }, long: { nodes: null }, right: { nodes: [{}] } });
    const codes = Object.fromEntries(errors.map(({ path, extensions }) => [path?.[0], extensions['code']]));
    expect(codes).toEqual({ auditEvents: 'CURSOR_INVALID', long: 'BAD_USER_INPUT' });
  });
});
