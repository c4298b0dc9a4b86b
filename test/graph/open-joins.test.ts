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
  await using gateway = await startGatewayUnderTest({ graphDir: example.dir, env: { OPERATION_TIMEOUT_MS: '3000' } });
  const query = `{ zendeskTickets(first: 4) { nodes { id openInvoices(first: 1) { nodes { id } pageInfo { hasNextPage } } } } }`;
  const { data, errors } = await gateway.ask(query);
  // `openInvoices` is never null: where it failed its ticket is. `pageInfo` may be.
  const open = { openInvoices: { nodes: [], pageInfo: null } };
  expect(data).toMatchObject({ zendeskTickets: { nodes: [open, null, open, null] } });
  expect(errors.map(({ path, extensions }) => `${path?.slice(2).join('.')}: ${extensions['code']}`).toSorted()).toEqual(
    [
      '0.openInvoices.pageInfo: VENDOR_TIMEOUT',
      '1.openInvoices: VENDOR_TIMEOUT',
      '2.openInvoices.pageInfo: VENDOR_TIMEOUT',
      '3.openInvoices: VENDOR_TIMEOUT',
    ],
  );
  expect(await gateway.ask('{ zendeskTickets(first: 1) { nodes { id } } }')).toMatchObject({ errors: [] });
});
