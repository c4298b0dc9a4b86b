/** Helpdesk tickets → billing customers, by id. */
import type { Join, JoinContext, KeyedRead } from 'vendorgraph';
import type { Customer, Ticket } from '../../rows.ts';

const customerById: KeyedRead<Customer> = {
  name: 'billing customer by id',
  chunk: 100,
  // The answer's shape is the contract in sources/billing/openapi.yaml.
  read: async (ids, { call }) => (await call('billingCustomers', { ids }, ids.length)) as Customer[],
  keysOf: ({ id }) => [id],
};

const join: Join = {
  HelpdeskTicket: {
    customer: ({ customer_id }: Ticket, _args: unknown, { reads }: JoinContext) =>
      reads.load(customerById, customer_id),
  },
};

export default join;
