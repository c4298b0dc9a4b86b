/** A join of a graph folder that never answers ends with its operation's time, and takes nothing else with it. */
import { expect, it } from 'vitest';
import { copyExample } from '../examples/example-copy.ts';
import { startGatewayUnderTest } from '../gateway-under-test.ts';

const NEVER = `
  const never = new Promise(() => {});
  export default { ZendeskTicket: { openInvoices: ({ id }) => (Number(id) % 2 === 0 ? never : { nodes: async () => [], edges: async () => [], pageInfo: () => never }) } };
`;

it('gives the rest of the answer, and an error for each field that is still open', async () => {
  using example = copyExample({ 'never.ts': NEVER });
  await using gateway = await startGatewayUnderTest({ graphDir: example.dir, env: { OPERATION_TIMEOUT_MS: '500' } });
  const query = `{ zendeskTickets(first: 4) { nodes { id openInvoices(first: 1) { nodes { id } pageInfo { hasNextPage } } } } }`;
  const { data, errors } = await gateway.ask(query);
  // The answer's shape is that of the query.
  const { nodes } = (data as unknown as { zendeskTickets: { nodes: { id: string; openInvoices: unknown }[] } })
    .zendeskTickets;
  const isNever = ({ id }: { id: string }) => Number(id) % 2 === 0;
  expect(nodes.map(({ openInvoices }) => openInvoices)).toEqual(
    nodes.map((ticket) => (isNever(ticket) ? null : { nodes: [], pageInfo: null })),
  );
  expect(errors.map(({ path, extensions }) => `${path?.join('.')}: ${extensions['code']}`).toSorted()).toEqual(
    nodes.map(
      (ticket, at) => `zendeskTickets.nodes.${at}.openInvoices${isNever(ticket) ? '' : '.pageInfo'}: VENDOR_TIMEOUT`,
    ),
  );
  expect(await gateway.ask('{ zendeskTickets(first: 1) { nodes { id } } }')).toMatchObject({ errors: [] });
});
