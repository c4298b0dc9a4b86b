import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ConfigError } from '../../src/config/config-error.ts';
import { readComposedSchema, readGraphFolder } from '../../src/config/graph-folder.ts';
import { readVendorConfig } from '../../src/config/vendor-file.ts';
import { copyGraph } from '../compose/graph-copy.ts';

function errorOf(step: () => unknown): ConfigError {
  try {
    step();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('Nothing was thrown.');
}

it('reads sources in order, with their settings and paths', () => {
  using graph = copyGraph();
  const folder = readGraphFolder(graph.dir);
  expect(folder.sources.map(({ vendor }) => vendor)).toEqual(['stripe', 'zendesk']);
  expect(folder.sources[0]).toMatchObject({
    openapiPath: join(graph.dir, 'sources/stripe/openapi.yaml'),
    config: { title: 'Stripe', timeoutMs: 10_000 },
  });
  expect(folder.sdlFiles).toEqual([join(graph.dir, 'schema/unified.graphql')]);
  expect(folder.composedPath).toBe(join(graph.dir, 'schema/composed.graphql'));
});

it('needs neither OpenAPI nor SDL files, as a running gateway does not', () => {
  using graph = copyGraph();
  graph.remove('sources/stripe/openapi.yaml');
  graph.remove('schema/unified.graphql');
  writeFileSync(join(graph.dir, 'schema/composed.graphql'), 'type Query { a: Int }\n');
  expect(readComposedSchema(readGraphFolder(graph.dir))).toBe('type Query { a: Int }\n');
});

it('says how to make a composed schema that is missing', () => {
  using graph = copyGraph();
  const error = errorOf(() => readComposedSchema(readGraphFolder(graph.dir)));
  expect(error.format()).toBe(`${graph.dir}/schema/composed.graphql  Found no composed schema. Run npm run compose.`);
});

it('reports the problems of all vendor.yaml files at once, each with its place', () => {
  using graph = copyGraph();
  graph.edit('sources/stripe/vendor.yaml', 'concurrency: 10', 'concurrency: 0');
  graph.edit('sources/stripe/vendor.yaml', 'style: lastId', 'style: last');
  graph.edit('sources/zendesk/vendor.yaml', 'kind: basic', 'kind: digest');
  const { problems, file, line, column } = errorOf(() => readGraphFolder(graph.dir));
  expect(problems.map(({ message }) => message)).toEqual([
    'Found 0 in "limits.concurrency", expected more than 0.',
    'Found "last" in "paging.list.style", expected one of cursor, lastId, offset.',
    'Found "digest" in "auth.kind", expected one of bearer, basic, apiKey.',
  ]);
  expect({ file, line, column }).toEqual({ file: join(graph.dir, 'sources/stripe/vendor.yaml'), line: 6, column: 11 });
});

it('shows a path below the current folder as it is typed there', () => {
  const dir = join(process.cwd(), '.data', 'test-graph-folder');
  mkdirSync(dir, { recursive: true });
  try {
    writeFileSync(join(dir, 'vendor.yaml'), 'vendor: stripe\n');
    const error = errorOf(() => readVendorConfig(join(dir, 'vendor.yaml')));
    expect(error.format()).toMatch(
      /^\.data\/test-graph-folder\/vendor\.yaml:1:1 {2}Found no "title", expected a string\.$/m,
    );
  } finally {
    rmSync(dir, { recursive: true });
  }
});

it.each(['sk_live_4711', '4711', '[4711]'])('never repeats %s where the name of a secret belongs', (secret) => {
  using graph = copyGraph();
  graph.edit('sources/stripe/vendor.yaml', 'secret://env/STRIPE_SECRET_KEY', secret);
  const error = errorOf(() => readVendorConfig(join(graph.dir, 'sources/stripe/vendor.yaml')));
  expect(error.format()).toContain('in "auth.token", expected ');
  expect(JSON.stringify(error) + error.stack + error.format()).not.toContain('4711');
});
