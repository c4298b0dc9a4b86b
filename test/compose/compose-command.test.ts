import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { copyGraph } from './graph-copy.ts';

const COMPOSED = 'schema/composed.graphql';

it('reports each source and the files it wrote', async () => {
  using graph = copyGraph();
  const { code, lines } = await graph.compose();
  expect(code).toBe(0);
  expect(lines).toEqual([
    expect.stringMatching(/^ {2}stripe {5}6 operations, \d+ types, \d+\.\d s$/),
    expect.stringMatching(/^ {2}zendesk {4}7 operations, \d+ types, \d+\.\d s$/),
    expect.stringMatching(/^wrote schema\/composed\.graphql \(\d+ kB\)$/),
    expect.stringMatching(/^wrote schema\/rows\.ts \(\d+ kB\)$/),
    expect.stringMatching(/^wrote schema\/vendor\.schema\.json \(\d+ kB\)$/),
    expect.stringMatching(/^wrote schema\/identity\.schema\.json \(\d+ kB\)$/),
    expect.stringMatching(/^wrote schema\/clients\.schema\.json \(\d+ kB\)$/),
    expect.stringMatching(/^wrote schema\/operations\.json \(\d+ kB\)$/),
  ]);
});

it('writes the same bytes twice, in whatever folder', async () => {
  using first = copyGraph();
  using second = copyGraph();
  await first.compose();
  const once = first.read(COMPOSED);
  await first.compose();
  await second.compose();
  expect(first.read(COMPOSED)).toBe(once);
  expect(second.read(COMPOSED)).toBe(once);
});

it('writes nothing of the environment and no absolute path', async () => {
  using graph = copyGraph();
  process.env['COMPOSE_CANARY'] = 'canary-4711';
  process.env['STRIPE_SECRET_KEY'] = 'canary-4712';
  try {
    graph.edit('sources/stripe/openapi.yaml', 'A bill.', 'A bill, {env.COMPOSE_CANARY}.');
    graph.edit('sources/stripe/vendor.yaml', "'2023-08-16'", "'{env.COMPOSE_CANARY}'");
    expect((await graph.compose()).code).toBe(0);
  } finally {
    delete process.env['COMPOSE_CANARY'];
    delete process.env['STRIPE_SECRET_KEY'];
  }
  const files = readdirSync(join(graph.dir, 'schema')).map((file) => graph.read(join('schema', file)));
  for (const text of files) {
    expect(text).not.toMatch(/canary-\d+/);
    expect(text).not.toContain(graph.dir);
    expect(text).not.toContain('STRIPE_SECRET_KEY');
  }
});

it('leaves the last good file when a later run fails', async () => {
  using graph = copyGraph();
  await graph.compose();
  const good = graph.read(COMPOSED);
  graph.edit('schema/unified.graphql', 'customer: StripeCustomer', 'customer: StripeCustomr');
  expect((await graph.compose()).code).toBe(1);
  expect(graph.read(COMPOSED)).toBe(good);
  expect(readdirSync(join(graph.dir, 'schema')).sort()).toEqual([
    'clients.schema.json',
    'composed.graphql',
    'identity.schema.json',
    'operations.json',
    'rows.ts',
    'unified.graphql',
    'vendor.schema.json',
  ]);
});

it('puts the new file in the old one’s place, so that a reader of the old one sees it whole', async () => {
  using graph = copyGraph();
  await graph.compose();
  const good = graph.read(COMPOSED);
  const reader = openSync(join(graph.dir, COMPOSED), 'r');
  try {
    graph.edit('sources/stripe/openapi.yaml', 'A bill.', 'What a customer owes.');
    await graph.compose();
    expect(readFileSync(reader, 'utf8')).toBe(good);
    expect(graph.read(COMPOSED)).toContain('What a customer owes.');
  } finally {
    closeSync(reader);
  }
});

it('says in one line when it cannot write', async () => {
  using graph = copyGraph();
  // Not by permissions, which root ignores: a file stands where the folder should be.
  graph.write('unified.graphql', graph.read('schema/unified.graphql'));
  graph.edit('.meshrc.yaml', './schema/unified.graphql', './unified.graphql');
  graph.remove('schema');
  graph.write('schema', 'not a folder');
  const { code, lines } = await graph.compose();
  expect(code).toBe(1);
  expect(lines.at(-1)).toMatch(/^Composing failed: .*schema/);
  expect(lines.join('\n')).not.toMatch(/^\s+at /m);
});

it('passes --check when nothing changed, and writes nothing', async () => {
  using graph = copyGraph();
  await graph.compose();
  const { code, lines } = await graph.compose({ check: true });
  expect(code).toBe(0);
  expect(lines.at(-6)).toMatch(/^up to date schema\/composed\.graphql/);
});

it('fails --check at the first line that differs', async () => {
  using graph = copyGraph();
  await graph.compose();
  graph.edit('sources/stripe/openapi.yaml', 'A bill.', 'What a customer owes.');
  const old = graph.read(COMPOSED);
  const { code, lines } = await graph.compose({ check: true });
  const line = old.split('\n').indexOf('"""A bill."""') + 1;
  expect(code).toBe(1);
  expect(lines.at(-1)).toBe(
    `schema/composed.graphql:${line}  Found "\\"\\"\\"A bill.\\"\\"\\"", expected "\\"\\"\\"What a customer owes.\\"\\"\\"". The file is stale: run npm run compose.`,
  );
  expect(graph.read(COMPOSED)).toBe(old);
});

it('fails --check for lines at the end and for a missing file', async () => {
  using graph = copyGraph();
  await graph.compose();
  graph.write(COMPOSED, `${graph.read(COMPOSED)}type Extra { id: ID }\n`);
  expect((await graph.compose({ check: true })).lines.at(-1)).toMatch(/expected the end of the file/);
  await graph.compose();
  graph.remove('schema/vendor.schema.json');
  expect((await graph.compose({ check: true })).lines.at(-1)).toBe(
    'schema/vendor.schema.json  Found no such file. Run npm run compose.',
  );
});
