/** What a careful engineer writes by hand, whatever the server: SDL, resolvers, and a DataLoader for each request. */
import DataLoader from 'dataloader';
import { Pool } from 'undici';
import type { Customer, Ticket } from './rows.ts';

export const typeDefs = /* GraphQL */ `
  type Query {
    tickets(limit: Int!, offset: Int!): [Ticket!]!
    customer(id: ID!): Customer
  }
  type Ticket {
    id: ID!
    subject: String!
    description: String
    status: String!
    priority: String
    created_at: String
    updated_at: String
    tags: [String!]
    customer_id: ID!
    customer: Customer
  }
  type Customer {
    id: ID!
    name: String!
    email: String!
    phone: String
    plan: String
    currency: String
    balance: Int
    created_at: String
  }
`;

export interface Loaders {
  customers: DataLoader<string, Customer | null>;
}

export const resolvers = {
  Query: {
    tickets: (_root: unknown, { limit, offset }: { limit: number; offset: number }) =>
      get<Ticket[]>(`/tickets?limit=${limit}&offset=${offset}`),
    customer: (_root: unknown, { id }: { id: string }) => get<Customer>(`/customers/${encodeURIComponent(id)}`),
  },
  Ticket: {
    customer: ({ customer_id }: Ticket, _args: unknown, { customers }: Loaders) => customers.load(customer_id),
  },
};

/** Fresh for each request. */
export function createLoaders(): Loaders {
  return {
    customers: new DataLoader<string, Customer | null>(
      async (ids) => {
        const found = await get<Customer[]>(`/customers/show_many?ids=${ids.join(',')}`);
        const byId = new Map(found.map((customer) => [customer.id, customer]));
        return ids.map((id) => byId.get(id) ?? null);
      },
      { maxBatchSize: 100 },
    ),
  };
}

const upstream = new Pool(process.env['UPSTREAM'] ?? '', { connections: 64 });

async function get<Answer>(path: string): Promise<Answer> {
  const { body } = await upstream.request({ path, method: 'GET' });
  return (await body.json()) as Answer;
}
