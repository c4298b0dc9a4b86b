/** What is wrong with a graph folder is said at start, with its place and what to do; never with a stack. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isUp, quietPort, ROOT, runCommand } from './running-command.ts';

interface GraphCopy extends Disposable {
  dir: string;
  remove(file: string): void;
  write(file: string, text: string): void;
  /** Replaces a text that must be there. */
  edit(file: string, from: string | RegExp, to: string): void;
}

/** The reference graph without its emulators: those are code. */
function copyOfGraph(): GraphCopy {
  const dir = mkdtempSync(join(tmpdir(), 'vendorgraph-'));
  cpSync(join(ROOT, '.meshrc.yaml'), join(dir, '.meshrc.yaml'));
  cpSync(join(ROOT, 'schema'), join(dir, 'schema'), { recursive: true });
  for (const vendor of readdirSync(join(ROOT, 'sources'))) {
    mkdirSync(join(dir, 'sources', vendor), { recursive: true });
    for (const file of ['vendor.yaml', 'openapi.yaml']) {
      const from = join(ROOT, 'sources', vendor, file);
      if (existsSync(from)) cpSync(from, join(dir, 'sources', vendor, file));
    }
  }
  const write = (file: string, text: string) => writeFileSync(join(dir, file), text);
  return {
    dir,
    write,
    remove: (file) => rmSync(join(dir, file)),
    edit(file, from, to) {
      const text = readFileSync(join(dir, file), 'utf8');
      const changed = text.replace(from, to);
      if (changed === text) throw new Error(`${file} does not hold ${from}`);
      write(file, changed);
    },
    [Symbol.dispose]: () => rmSync(dir, { recursive: true }),
  };
}

const STRIPE_SOURCE = /^ {2}- name: stripe\n(?: {4,}.*\n)+/m;

interface Case {
  name: string;
  break(graph: GraphCopy): void;
  /** The lines of standard error, paths as seen from the folder. */
  says: (string | RegExp)[];
}

const CASES: readonly Case[] = [
  {
    name: '.meshrc.yaml is missing',
    break: (graph) => graph.remove('.meshrc.yaml'),
    says: ['.meshrc.yaml  Found no such file. Create it, or correct the path that names it.'],
  },
  {
    name: '.meshrc.yaml is no YAML',
    break: (graph) => graph.write('.meshrc.yaml', 'sources: [\n'),
    says: [/^\.meshrc\.yaml:2:1 {2}Found YAML that cannot be read: /],
  },
  {
    name: '.meshrc.yaml is empty',
    break: (graph) => graph.write('.meshrc.yaml', ''),
    says: [/^\.meshrc\.yaml:1:1 {2}Found nothing in the file, expected an object\.$/],
  },
  {
    name: '.meshrc.yaml names another merger',
    break: (graph) => graph.edit('.meshrc.yaml', 'merger: bare', 'merger: stitching'),
    says: [/^\.meshrc\.yaml:\d+:1 {2}Found "stitching" in "merger", expected bare\.$/],
  },
  {
    name: 'a vendor.yaml has an unknown key',
    break: (graph) => graph.edit('sources/stripe/vendor.yaml', 'timeoutMs:', 'timeoutMS: 1\ntimeoutMs:'),
    says: [/^sources\/stripe\/vendor\.yaml:\d+:1 {2}Found unknown key "timeoutMS"\. Remove it or correct its name\.$/],
  },
  {
    name: 'a vendor.yaml is missing',
    break: (graph) => graph.remove('sources/slack/vendor.yaml'),
    says: ['sources/slack/vendor.yaml  Found no such file. Create it, or correct the path that names it.'],
  },
  {
    name: 'two vendor.yaml files are wrong',
    break(graph) {
      graph.edit('sources/hubspot/vendor.yaml', /timeoutMs: .*/, 'timeoutMs: soon');
      graph.edit('sources/pdl/vendor.yaml', 'kind: apiKey', 'kind: magic');
    },
    says: [
      /^sources\/hubspot\/vendor\.yaml:\d+:1 {2}Found a string in "timeoutMs", expected a number\.$/,
      /^sources\/pdl\/vendor\.yaml:\d+:3 {2}Found "magic" in "auth\.kind", expected one of bearer, basic, apiKey\.$/,
    ],
  },
  {
    name: 'composed.graphql is missing',
    break: (graph) => graph.remove('schema/composed.graphql'),
    says: ['schema/composed.graphql  Found no composed schema. Run npm run compose.'],
  },
  {
    name: 'composed.graphql is no GraphQL',
    break: (graph) => graph.write('schema/composed.graphql', 'type Query {\n  a: Int\n}\n<<<<<<< HEAD\n'),
    says: [
      'schema/composed.graphql:4:1  Found a schema that cannot be served: Syntax Error: Unexpected character: "<". Run npm run compose.',
    ],
  },
  {
    name: 'composed.graphql is empty',
    break: (graph) => graph.write('schema/composed.graphql', ''),
    says: [
      /^schema\/composed\.graphql:1:1 {2}Found a schema that cannot be served: Syntax Error: .*\. Run npm run compose\.$/,
    ],
  },
  {
    name: 'composed.graphql was written by hand',
    break: (graph) => graph.write('schema/composed.graphql', 'type Query { answer: Int }\n'),
    says: [
      'schema/composed.graphql  Found a schema that cannot be served: Query.answer has neither a vendor operation nor a join behind it. Run npm run compose.',
    ],
  },
  {
    name: '.meshrc.yaml lost a vendor that is still in composed.graphql',
    break: (graph) => graph.edit('.meshrc.yaml', STRIPE_SOURCE, ''),
    says: ['schema/composed.graphql  Found fields of stripe, which .meshrc.yaml does not name. Run npm run compose.'],
  },
];

describe('vendorgraph start refuses a graph folder', () => {
  it.each(CASES)('in which $name', async ({ break: breakIt, says }) => {
    using graph = copyOfGraph();
    breakIt(graph);
    await using command = runCommand(['start', '--graph', graph.dir]);
    expect(await command.ended).toEqual({ code: 1, signal: null });
    expect(command.stdout()).toBe('');
    const lines = command.stderr().replaceAll(`${graph.dir}/`, '').trimEnd().split('\n');
    expect(lines).toEqual(says.map((line) => (typeof line === 'string' ? line : expect.stringMatching(line))));
  });

  it('that is none, and leaves no sandbox behind', async () => {
    const port = quietPort();
    await using command = runCommand(['start', '--sandbox', '--graph', '/nowhere'], {
      env: { SANDBOX_PORT: String(port) },
    });
    expect(await command.ended).toEqual({ code: 1, signal: null });
    expect(command.stderr()).toBe(
      '/nowhere/.meshrc.yaml  Found no such file. Create it, or correct the path that names it.\n',
    );
    expect(await isUp(`http://127.0.0.1:${port}`)).toBe(false);
  });
});

it('serves a copy of the reference graph from wherever it lies', async () => {
  using graph = copyOfGraph();
  await using command = runCommand(['start', '--graph', graph.dir]);
  const [, url = ''] = await command.printed(/"url":"([^"]+)\/graphql"/);
  expect(await (await fetch(`${url}/readyz`)).text()).toBe('ready\n');
});
