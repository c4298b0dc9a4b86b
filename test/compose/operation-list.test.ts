/** `schema/operations.json`: a client's build reads the ids there that it sends instead of texts. */
import { hash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../src/config/limits.ts';
import { readOperationFiles } from '../../src/graph/operation-files.ts';
import { createSavedDocuments } from '../../src/graph/saved-documents.ts';
import { copyGraph, type GraphCopy } from './graph-copy.ts';

const LIST = 'schema/operations.json';
const TEXT = 'query Bills { stripeInvoices(first: 1) { nodes { id } } }\n';

function withOperations(graph: GraphCopy, texts: Readonly<Record<string, string>>): void {
  mkdirSync(join(graph.dir, 'schema/operations'));
  for (const [name, text] of Object.entries(texts)) graph.write(`schema/operations/${name}.graphql`, text);
}

it('names the id of every saved operation, under which the gateway knows it', async () => {
  using graph = copyGraph();
  withOperations(graph, { tickets: '{ __typename }', bills: TEXT });
  await graph.compose();
  const list: Record<string, string> = JSON.parse(graph.read(LIST));
  expect(list).toEqual({
    bills: `sha256:${hash('sha256', TEXT)}`,
    tickets: `sha256:${hash('sha256', '{ __typename }')}`,
  });
  expect(Object.keys(list)).toEqual(['bills', 'tickets']);
  const saved = createSavedDocuments(readOperationFiles(graph.dir), DEFAULT_LIMITS);
  const held = {
    id: 'key:page',
    client: 'page',
    kind: 'app',
    scopes: new Set<string>(),
    trustedDocumentsOnly: true,
  } as const;
  expect(saved.textOf({ documentId: list['bills'] }, held)).toBe(TEXT);
});

it('is empty for a folder that has none', async () => {
  using graph = copyGraph();
  await graph.compose();
  expect(graph.read(LIST)).toBe('{}\n');
});

it('is stale as soon as an operation has changed', async () => {
  using graph = copyGraph();
  withOperations(graph, { bills: TEXT });
  await graph.compose();
  expect((await graph.compose({ check: true })).code).toBe(0);
  graph.edit('schema/operations/bills.graphql', 'id', 'status');
  const { code, lines } = await graph.compose({ check: true });
  expect(code).toBe(1);
  expect(lines.join('\n')).toMatch(/^schema\/operations\.json:2 .*The file is stale: run npm run compose\.$/m);
});
