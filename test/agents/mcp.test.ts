/** What agents are shown, what they may ask, and what of it stands on record: through the official client, in both eras. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokensOf } from '../../src/agents/tool-answer.ts';
import { documentIdOf } from '../../src/graph/saved-documents.ts';
import { type AccessGateway, startAccessGateway } from '../access/access-gateway.ts';
import { connectClient } from './connected-client.ts';
import type { Era } from './mcp-request.ts';

const INVOICE = '{ stripeInvoices(first: 1) { nodes { id } } }';
const REASON = 'a customer asks about a bill';
const ERAS: Era[] = ['2026-07-28', '2025-11-25'];

let gateway: AccessGateway;
let url: string;
beforeAll(async () => {
  gateway = await startAccessGateway([INVOICE]);
  url = gateway.gateway.url;
});
afterAll(() => gateway[Symbol.asyncDispose]());

const extensionsOf = ({ structuredContent: { errors = [] } }: { structuredContent: { errors?: object[] } }) =>
  errors.map((error) => ('extensions' in error ? error.extensions : undefined));

async function recordOf(requestId: unknown) {
  const filter = `{ auditEvents(filter: { requestId: ${JSON.stringify(requestId)} }) { nodes { transport reason outcome codes operationType client vendors { vendor calls } } } }`;
  const { data } = (await gateway.ask(filter)) as unknown as { data: { auditEvents: { nodes: unknown[] } } };
  return data.auditEvents.nodes;
}

describe.each(ERAS)('an agent that speaks %s', (era) => {
  const connect = (key: string) => connectClient(url, key, era);

  it('gets the tools there are, in a stable order, each saying that it only reads', async () => {
    await using agent = await connect(gateway.keys.reader);
    expect(agent.client.getNegotiatedProtocolVersion()).toBe(era);
    const { tools } = await agent.client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(['graph_describe', 'graph_query']);
    for (const { name, annotations, inputSchema } of tools) {
      expect(name).toMatch(/^[a-z_]+$/);
      expect(annotations).toMatchObject({ readOnlyHint: true, destructiveHint: false });
      expect(JSON.stringify(inputSchema)).not.toMatch(/\$ref|\$defs|oneOf|anyOf|\$schema|"const"/);
    }
  });

  it('asks the graph, and gets the same in text and in structured content', async () => {
    await using agent = await connect(gateway.keys.reader);
    const { structuredContent, content, isError } = await agent.call('graph_query', { query: INVOICE, reason: REASON });
    expect(structuredContent).toMatchObject({
      data: { stripeInvoices: { nodes: [{ id: expect.stringMatching(/^in_/) }] } },
      meta: { auditId: expect.any(String), cost: { estimated: 1, actual: 1 } },
    });
    expect(isError).toBe(false);
    expect(content.map(({ text }) => JSON.parse(text))).toEqual([structuredContent]);
    expect(content[0]?.text).not.toContain('\n');
  });

  it('learns from a mistake what was wrong, without the protocol failing', async () => {
    await using agent = await connect(gateway.keys.reader);
    const typo = await agent.call('graph_query', { query: '{ nope }', reason: REASON });
    expect(typo.isError).toBe(true);
    expect(extensionsOf(typo)).toMatchObject([{ code: 'GRAPHQL_VALIDATION_FAILED' }]);
    const silent = await agent.call('graph_query', { query: INVOICE });
    expect(silent).toMatchObject({
      isError: true,
      structuredContent: {
        errors: [{ message: expect.stringContaining('reason'), extensions: { code: 'BAD_USER_INPUT' } }],
      },
    });
    const empty = await agent.call('graph_query', { reason: REASON });
    expect(extensionsOf(empty)).toMatchObject([{ code: 'BAD_USER_INPUT' }]);
    for (const coordinates of [[], ['x'.repeat(201)], 'Query'])
      expect(extensionsOf(await agent.call('graph_describe', { coordinates }))).toMatchObject([
        { code: 'BAD_USER_INPUT' },
      ]);
  });
});

describe('the record', () => {
  it('has the reason of what was answered and of what was refused, without what is secret in it', async () => {
    await using agent = await connectClient(url, gateway.keys.reader);
    const reason = 'asked by ada@example.com';
    const fine = await agent.call('graph_query', { query: INVOICE, reason });
    const wrong = await agent.call('graph_query', { query: '{ nope }', reason });
    const written = { transport: 'mcp', reason: 'asked by [address]', client: 'reader' };
    await expect
      .poll(() => recordOf(fine.structuredContent.meta['auditId']))
      .toMatchObject([
        { ...written, outcome: 'OK', operationType: 'query', vendors: [{ vendor: 'stripe', calls: 1 }] },
      ]);
    await expect
      .poll(() => recordOf(wrong.structuredContent.meta['auditId']))
      .toMatchObject([{ ...written, outcome: 'REFUSED', codes: ['GRAPHQL_VALIDATION_FAILED'] }]);
  });

  it('has what was called with arguments that do not fit, and questions about the schema', async () => {
    await using agent = await connectClient(url, gateway.keys.reader);
    const odd = await agent.call('graph_query', { query: INVOICE, reason: 'short' });
    await expect
      .poll(() => recordOf(odd.structuredContent.meta['auditId']))
      .toMatchObject([{ transport: 'mcp', outcome: 'REFUSED', codes: ['BAD_USER_INPUT'] }]);
    const asked = await agent.call('graph_describe', { coordinates: ['Query.account'] });
    await expect
      .poll(() => recordOf(asked.structuredContent.meta['auditId']))
      .toMatchObject([{ transport: 'mcp', outcome: 'OK', vendors: [] }]);
  });

  it('is counted by transport', async () => {
    const headers = { authorization: 'Bearer vg_demo_admin' };
    await (await connectClient(url, gateway.keys.reader))[Symbol.asyncDispose]();
    await fetch(`${url}/mcp`, { method: 'POST' });
    const metrics = await (await fetch(`${url}/metrics`, { headers })).text();
    expect(metrics).toMatch(/vendorgraph_operation_seconds_count{transport="mcp",outcome="ok"} [1-9]/);
    expect(metrics).toMatch(/vendorgraph_authentication_failures_total{transport="mcp"} [1-9]/);
  });
});

describe('an agent held to saved operations', () => {
  it('asks them by name or by id, and is shown nothing else', async () => {
    await using agent = await connectClient(url, gateway.keys.trusted);
    const { tools } = await agent.client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(['graph_query']);
    for (const saved of ['test-0', documentIdOf(INVOICE)])
      expect(await agent.call('graph_query', { saved, reason: REASON })).toMatchObject({ isError: false });
    for (const given of [{ query: INVOICE }, { saved: 'nope' }, { query: INVOICE, saved: 'test-0' }, {}]) {
      const refused = await agent.call('graph_query', { ...given, reason: REASON });
      expect(extensionsOf(refused)).toMatchObject([{ code: 'BAD_USER_INPUT' }]);
    }
    await expect(agent.call('graph_describe', { coordinates: ['Query'] })).rejects.toThrow('no such tool');
  });
});

describe('a check', () => {
  const ask = async (key: string, query: string) => {
    await using agent = await connectClient(url, key);
    const before = await gateway.calls();
    const answer = await agent.call('graph_query', { query, reason: REASON, check: true });
    expect(await gateway.calls()).toEqual(before);
    return answer;
  };

  it('tells the price and calls nobody', async () => {
    const { structuredContent, isError } = await ask(gateway.keys.reader, INVOICE);
    expect(structuredContent).toMatchObject({ data: null, meta: { cost: { estimated: 1, actual: 0 } } });
    expect(isError).toBe(false);
  });

  it('refuses what the query would be refused for', async () => {
    const dear = await ask(gateway.keys.thrifty, '{ stripeInvoices(first: 700) { nodes { id } } }');
    expect(extensionsOf(dear)).toMatchObject([{ code: 'LIMIT_EXCEEDED', limit: 'cost' }]);
    const beyond = await ask(gateway.keys.billing, '{ hubspotContacts(first: 1) { nodes { id } } }').catch(
      (error) => error,
    );
    expect(beyond).toMatchObject({ requiredScope: 'hubspot:read' });
    expect(String(beyond.resourceMetadataUrl)).toBe(`${url}/.well-known/oauth-protected-resource/mcp`);
  });
});

describe('an answer', () => {
  it('is never larger than it may be: in its place stands how large it would be', async () => {
    await using agent = await connectClient(url, gateway.keys.reader);
    const query = 'query ($first: Int) { stripeInvoices(first: $first) { nodes { id number status created } } }';
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 100 }),
        fc.integer({ min: 200, max: 6_000 }),
        async (first, maxTokens) => {
          const given = { query, variables: { first }, reason: REASON, maxTokens };
          const answer = await agent.call('graph_query', given);
          expect(tokensOf(answer.content[0]?.text ?? '')).toBeLessThanOrEqual(maxTokens);
          if (answer.isError)
            expect(extensionsOf(answer)).toMatchObject([{ code: 'LIMIT_EXCEEDED', limit: 'maxTokens' }]);
          const whole = await agent.call('graph_query', { ...given, maxTokens: 20_000 });
          expect(answer.isError).toBe(tokensOf(whole.content[0]?.text ?? '') > maxTokens);
        },
      ),
      { numRuns: 15 },
    );
  });

  it('tells ten errors and how many more there are', async () => {
    await using agent = await connectClient(url, gateway.keys.billing);
    const fields = Array.from({ length: 14 }, (_, n) => `h${n}: hubspotOwner(id: "1") { id }`).join(' ');
    const { structuredContent } = await agent.call('graph_query', {
      query: `{ __typename ${fields} }`,
      reason: REASON,
    });
    expect(structuredContent.errors).toHaveLength(10);
    expect(structuredContent.meta).toMatchObject({ partial: true, note: '4 more errors' });
  });
});

describe('a description', () => {
  const describeTo = async (key: string, coordinates: string[]) => {
    await using agent = await connectClient(url, key);
    const { structuredContent } = await agent.call('graph_describe', { coordinates });
    // What the tool's output schema says.
    return structuredContent as unknown as { sdl: string; fields: object[]; notFound: object[]; meta: object };
  };

  it('shows types and single fields, with the scopes they take and how sensitive they are', async () => {
    const { sdl, fields } = await describeTo(gateway.keys.reader, [
      'StripeInvoiceStatus',
      'StripeCustomer.email',
      'StripeCustomer.email',
    ]);
    expect(sdl).toContain('enum StripeInvoiceStatus');
    expect(sdl).toMatch(/type StripeCustomer {\s+("""[^"]+"""\s+)?email: String\s+}/);
    expect(fields).toEqual([
      { coordinate: 'StripeCustomer.email', scope: expect.stringContaining('stripe:read'), sensitivity: 'EMAIL' },
    ]);
  });

  it('proposes names near a wrong one', async () => {
    const { notFound } = await describeTo(gateway.keys.reader, [
      'StripeInvoce',
      'StripeInvoice.numbr',
      'A.b.c',
      '__Type',
    ]);
    expect(notFound).toMatchObject([
      { coordinate: 'StripeInvoce', didYouMean: expect.arrayContaining(['StripeInvoice']) },
      { coordinate: 'StripeInvoice.numbr', didYouMean: ['StripeInvoice.number'] },
      { coordinate: 'A.b.c' },
      { coordinate: '__Type' },
    ]);
  });

  it('knows nothing that its caller may not see', async () => {
    const asked = ['Query', 'HubspotContact', 'Query.hubspotContacts', 'HubspotContac', 'Person', 'StripeCustomer'];
    const told = await describeTo(gateway.keys.billing, asked);
    const { notFound, ...shown } = told;
    expect(notFound.map((one) => 'coordinate' in one && one.coordinate)).toEqual([
      'HubspotContact',
      'Query.hubspotContacts',
      'HubspotContac',
    ]);
    expect(JSON.stringify([shown, notFound.map((one) => 'didYouMean' in one && one.didYouMean)])).not.toMatch(
      /hubspot[A-Z]|Hubspot/,
    );
    expect(shown.sdl).toContain('stripeInvoices');
  });

  it('leaves descriptions out when it would be too large with them', async () => {
    const { sdl, meta } = await describeTo(gateway.keys.reader, [
      'Query',
      'StripeInvoice',
      'ZendeskTicket',
      'HubspotContact',
    ]);
    expect(sdl).not.toContain('"""');
    expect(meta).toMatchObject({ note: 'descriptions are left out' });
  });
});
