/** `examples/own-join` as a company would run it: composed, served by the engine, its join matched by key and batched. */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runCompose } from '../../src/cli/compose-command.ts';
import { type GatewayUnderTest, startGatewayUnderTest } from '../gateway-under-test.ts';
import { ask, runCommand } from '../start/running-command.ts';
import { copyExample } from './example-copy.ts';

const EXAMPLE = fileURLToPath(new URL('../../examples/own-join', import.meta.url));

interface OpenInvoices {
  nodes: { id: string; status: string }[] | null;
  pageInfo: { hasNextPage: boolean; endCursor: string | null } | null;
}

interface Ticket {
  id: string;
  openInvoices: OpenInvoices;
}

let gateway: GatewayUnderTest;
beforeAll(async () => {
  gateway = await startGatewayUnderTest({ graphDir: EXAMPLE });
});
afterAll(() => gateway[Symbol.asyncDispose]());
beforeEach(() => gateway.control('POST', '/reset'));

async function tickets(first: number, page = 'first: 30') {
  const invoices = `openInvoices(${page}) { nodes { id status } pageInfo { hasNextPage endCursor } }`;
  const { data, errors } = await gateway.ask(`{ zendeskTickets(first: ${first}) { nodes { id ${invoices} } } }`);
  // The answer's shape is that of the query above.
  const { nodes } = (data as unknown as { zendeskTickets: { nodes: Ticket[] } }).zendeskTickets;
  return { nodes, errors };
}

/** By the world's own indexes: no address is compared, no vendor asked. */
function expected(ticketIds: readonly string[]) {
  const { world } = gateway.sandbox;
  const billedTo = new Map(world.companies.map((company) => [company.billingPersonIndex, company]));
  const requesters = ticketIds.map(
    (id) => world.tickets.find((ticket) => String(ticket.id) === id)?.requesterIndex ?? -1,
  );
  const companies = requesters.map((index) => billedTo.get(index));
  const open = world.invoices.filter(({ status }) => status === 'open');
  const newestFirst = open.toSorted((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt));
  return {
    requesters: new Set(requesters).size,
    customers: new Set(companies.filter(Boolean)).size,
    invoices: companies.map((company) =>
      newestFirst.filter((invoice) => invoice.companyIndex === company?.index).map(({ id }) => id),
    ),
  };
}

const idsOf = ({ openInvoices }: Ticket) => openInvoices.nodes?.map(({ id }) => id);
const chunks = (keys: number, size: number) => Math.ceil(keys / size);

describe('the example with a join of its own', () => {
  it('is composed as it stands', async () => {
    const lines: string[] = [];
    const code = await runCompose({ graphDir: EXAMPLE, check: true, print: (line) => lines.push(line) });
    expect({ code, lines }).toMatchObject({ code: 0 });
    expect(lines).toContainEqual(expect.stringMatching(/^up to date .*rows\.ts/));
  });

  it('gives each ticket what its requester owes, newest first', async () => {
    const { nodes, errors } = await tickets(300);
    const { invoices } = expected(nodes.map(({ id }) => id));
    expect(errors).toEqual([]);
    expect(nodes.map(idsOf)).toEqual(invoices);
    expect(invoices.flat().length).toBeGreaterThan(3);
  });

  it.each(['reorder', 'duplicate'])('gives it to the right ticket when vendors %s rows', async (kind) => {
    for (const vendor of ['zendesk', 'stripe']) await gateway.control('POST', '/faults', { vendor, kind });
    const { nodes, errors } = await tickets(100);
    const { invoices } = expected(nodes.map(({ id }) => id));
    expect(errors).toEqual([]);
    // The list of invoices comes reversed or doubled, as the vendor sends it.
    expect(nodes.map((ticket) => new Set(idsOf(ticket)))).toEqual(invoices.map((ids) => new Set(ids)));
  });

  it.each([20, 100, 250])('takes as many calls as the vendors take keys at once: %i tickets', async (first) => {
    const { nodes } = await tickets(first);
    const { requesters, customers } = expected(nodes.map(({ id }) => id));
    expect(await gateway.calls()).toEqual({
      'zendesk.tickets': chunks(first, 100),
      'zendesk.showManyUsers': chunks(requesters, 100),
      'stripe.searchCustomers': chunks(requesters, 10),
      // A list of its own for each customer: Stripe lists the invoices of one. Tickets of one requester share it.
      'stripe.invoices': customers,
    });
  });

  it('pages inside a ticket, and takes no cursor of another one', async () => {
    const { nodes } = await tickets(300);
    const one = nodes.findIndex((ticket) => (idsOf(ticket)?.length ?? 0) > 1);
    const [newest, second] = idsOf(nodes[one] as Ticket) ?? [];
    const other = nodes.findIndex((ticket) => idsOf(ticket)?.[0] !== undefined && idsOf(ticket)?.[0] !== newest);

    const { nodes: firsts } = await tickets(300, 'first: 1');
    expect(firsts[one]?.openInvoices).toMatchObject({ nodes: [{ id: newest }], pageInfo: { hasNextPage: true } });

    const after = firsts[one]?.openInvoices.pageInfo?.endCursor;
    const { nodes: next, errors } = await tickets(300, `first: 1, after: "${after}"`);
    expect(next[one]?.openInvoices.nodes).toMatchObject([{ id: second }]);
    expect(next[other]?.openInvoices.nodes).toBeNull();
    expect(new Set(errors.map(({ extensions }) => extensions['code']))).toEqual(new Set(['CURSOR_INVALID']));
  });

  it('takes no page that cannot be, of those who owe nothing either', async () => {
    const { nodes, errors } = await tickets(300, 'first: 0');
    expect(nodes.filter(({ openInvoices }) => openInvoices.nodes !== null)).toEqual([]);
    expect(new Set(errors.map(({ extensions }) => extensions['code']))).toEqual(new Set(['BAD_USER_INPUT']));
  });

  it('keeps the tickets when billing is down', async () => {
    await gateway.control('POST', '/faults', { vendor: 'stripe', kind: 'status', value: 503 });
    const { nodes, errors } = await tickets(5);
    expect(nodes.map(({ openInvoices }) => openInvoices)).toEqual(nodes.map(() => ({ nodes: null, pageInfo: null })));
    expect(nodes).toHaveLength(5);
    for (const { extensions } of errors) expect(extensions).toMatchObject({ code: 'VENDOR_DOWN', vendor: 'stripe' });
  });
});

it('is started by its one command, in a process that strips its types', async () => {
  await using command = runCommand(['start', '--sandbox', '--graph', EXAMPLE]);
  const [, url = ''] = await command.printed(/vendorgraph is ready: open (\S+)\/graphql/);
  const [, operation = ''] = /# tickets-with-open-invoices\n\s*(.+)\n/.exec(command.stdout()) ?? [];
  const { data } = (await (await ask(url, operation)).json()) as { data: { zendeskTickets: { nodes: unknown[] } } };
  expect(data.zendeskTickets.nodes).toHaveLength(20);
  expect(JSON.stringify(data)).toContain('amount_due');
});

const FAILING = `
  import { defineJoin, GatewayError } from 'vendorgraph';
  const fail = (ticket: { id: number }): never => {
    if (ticket.id % 2 === 0) throw new GatewayError('NOT_FOUND', 'Nobody is billed for even tickets.');
    throw new Error('canary of an odd ticket');
  };
  export default defineJoin({ ZendeskTicket: { openInvoices: fail } });
`;

it('runs wherever it lies, with the engine linked; what a join throws reaches callers only as a GatewayError', async () => {
  using example = copyExample({ 'failing.ts': FAILING });
  example.linkEngine();
  await using command = runCommand(['start', '--sandbox', '--graph', example.dir]);
  const [, url = ''] = await command.printed(/vendorgraph is ready: open (\S+)\/graphql/);
  for (const [id, code] of [
    [gateway.sandbox.world.tickets.find((ticket) => ticket.id % 2 === 0)?.id, 'NOT_FOUND'],
    [gateway.sandbox.world.tickets.find((ticket) => ticket.id % 2 === 1)?.id, 'INTERNAL'],
  ]) {
    const answer = await ask(url, `{ zendeskTicket(id: "${id}") { openInvoices { nodes { id } } } }`);
    const text = await answer.text();
    expect(JSON.parse(text)).toMatchObject({ errors: [{ extensions: { code } }] });
    expect(text).not.toContain('canary');
  }
});
