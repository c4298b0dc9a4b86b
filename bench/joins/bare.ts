/** The limit: no GraphQL at all. The operation's name says which answer is wanted, and it is put together by hand. */
import { createServer, type IncomingMessage } from 'node:http';
import { Pool } from 'undici';
import type { Customer, Ticket } from './rows.ts';
import { serve } from './serve.ts';

interface Body {
  operationName: string;
  variables: { limit: number; offset: number; id: string };
}

const upstream = new Pool(process.env['UPSTREAM'] ?? '', { connections: 64 });

const server = createServer(async (request, response) => {
  const { operationName, variables } = JSON.parse(await textOf(request)) as Body;
  const data = operationName === 'Read' ? await read(variables.id) : await joined(variables.limit, variables.offset);
  const body = JSON.stringify({ data });
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }).end(body);
});

async function read(id: string): Promise<unknown> {
  return { customer: person(await get<Customer>(`/customers/${encodeURIComponent(id)}`)) };
}

async function joined(limit: number, offset: number): Promise<unknown> {
  const tickets = await get<Ticket[]>(`/tickets?limit=${limit}&offset=${offset}`);
  const ids = [...new Set(tickets.map(({ customer_id }) => customer_id))];
  const customers = await get<Customer[]>(`/customers/show_many?ids=${ids.join(',')}`);
  const byId = new Map(customers.map((customer) => [customer.id, person(customer)]));
  return {
    tickets: tickets.map(({ id, subject, status, priority, customer_id }) => ({
      id,
      subject,
      status,
      priority,
      customer: byId.get(customer_id) ?? null,
    })),
  };
}

function person({ id, name, email, plan }: Customer) {
  return { id, name, email, plan };
}

async function get<Answer>(path: string): Promise<Answer> {
  const { body } = await upstream.request({ path, method: 'GET' });
  return (await body.json()) as Answer;
}

function textOf(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('end', () => resolve(Buffer.concat(chunks).toString()));
    request.once('error', reject);
  });
}

serve(server);
