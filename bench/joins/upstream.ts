/**
 * Both vendors of the benchmark, in one process that does as little as it can. Rows come in the order of their own ids and
 * never in that of the ids asked for, unknown ids are left out. `GET /calls` says how many calls it has answered.
 */
import { createServer } from 'node:http';
import { CUSTOMERS, TICKETS } from './rows.ts';
import { serve } from './serve.ts';

const customers = new Map(CUSTOMERS.map((customer) => [customer.id, JSON.stringify(customer)]));
const tickets = TICKETS.map((ticket) => JSON.stringify(ticket));
let calls = 0;

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://upstream');
  if (pathname !== '/calls') calls += 1;
  const body = pathname === '/calls' ? String(calls) : answer(pathname, searchParams);
  response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json' }).end(body ?? '{}');
});

function answer(pathname: string, query: URLSearchParams): string | undefined {
  if (pathname === '/tickets') {
    const offset = Number(query.get('offset'));
    return list(tickets.slice(offset, offset + Number(query.get('limit'))));
  }
  if (pathname !== '/customers/show_many') return customers.get(pathname.replace('/customers/', ''));
  // Some clients repeat the parameter, others write a comma: both are read, so that each can be itself.
  const ids = new Set(query.getAll('ids').flatMap((text) => text.split(',')));
  return list([...ids].sort().flatMap((id) => customers.get(id) ?? []));
}

function list(rows: readonly string[]): string {
  return `[${rows.join(',')}]`;
}

serve(server);
