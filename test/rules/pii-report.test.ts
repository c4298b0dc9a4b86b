import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runPiiReport } from '../../src/cli/report-command.ts';
import { copyGraph, type GraphCopy } from '../compose/graph-copy.ts';

interface Entry {
  client: string;
  category: string;
  clear: number;
  masked: number;
  hidden: number;
}

function reportOf({ dir }: GraphCopy): Entry[] {
  const lines: string[] = [];
  runPiiReport({ graphDir: dir, json: true, print: (line) => lines.push(line) });
  return JSON.parse(lines.join('\n'));
}

async function graphWithPersonalData(): Promise<GraphCopy> {
  const graph = copyGraph();
  graph.edit(
    'sources/stripe/vendor.yaml',
    'operations:',
    'personalData: { Customer: { email: email }, Invoice: { total: finance } }\noperations:',
  );
  expect((await graph.compose()).code).toBe(0);
  return graph;
}

it('counts for each client what it reads in the clear, what masked, and what not at all', async () => {
  using graph = await graphWithPersonalData();
  const clients = [
    '{ id: helpdesk, kind: agent, proof: key, scopes: ["zendesk:read"] }',
    '{ id: billing, kind: app, proof: key, scopes: ["stripe:read", "pii:read"] }',
  ];
  writeFileSync(join(graph.dir, 'clients.yaml'), `clients: [${clients.join(', ')}]\n`);
  const report = reportOf(graph);
  const of = (client: string) => report.filter((entry) => entry.client === client);
  // Person.email is for readers of either vendor, StripeCustomer.email and StripeInvoice.total for Stripe's.
  expect(of('helpdesk')).toEqual([
    { client: 'helpdesk', category: 'EMAIL', clear: 0, masked: 1, hidden: 1 },
    { client: 'helpdesk', category: 'FINANCE', clear: 0, masked: 0, hidden: 1 },
  ]);
  expect(of('billing')).toEqual([
    { client: 'billing', category: 'EMAIL', clear: 2, masked: 0, hidden: 0 },
    { client: 'billing', category: 'FINANCE', clear: 1, masked: 0, hidden: 0 },
  ]);
});

it('knows the sandbox’s clients without a file of clients, and prints a table', async () => {
  using graph = await graphWithPersonalData();
  const lines: string[] = [];
  runPiiReport({ graphDir: graph.dir, json: false, print: (line) => lines.push(line) });
  const rows = lines.join('\n').split('\n');
  expect(rows[0]?.split(/ {2,}/)).toEqual(['client', 'category', 'in the clear', 'masked', 'hidden']);
  expect(rows).toContainEqual(expect.stringMatching(/^demo-frontend +email +2 +0 +0$/));
  expect(rows).toContainEqual(expect.stringMatching(/^demo-agent +email +0 +2 +0$/));
});
