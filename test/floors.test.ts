/** The house rules a reviewer would otherwise have to remember: imports look down, no cycles, no dumping grounds. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const src = fileURLToPath(new URL('../src', import.meta.url));
const root = dirname(src);

/** Height of each folder of src/; what stands in src/ itself is named by file. */
const FLOORS: Readonly<Record<string, number>> = {
  'main.ts': 8,
  'gateway.ts': 8,
  'callers.ts': 8,
  'production.ts': 8,
  'event-service.ts': 8,
  'pruning.ts': 8,
  'index.ts': 8,
  http: 7,
  agents: 7,
  cli: 7,
  compose: 7,
  graph: 6,
  reconcile: 6,
  joins: 5,
  rules: 5,
  webhooks: 5,
  subscriptions: 5,
  rest: 4,
  vendors: 4,
  config: 3,
  auth: 3,
  secrets: 3,
  store: 3,
  events: 3,
  audit: 3,
  quota: 3,
  observe: 2,
  'errors.ts': 1,
};

/** Neighbours on one floor that may know each other, from → to. */
const SIDEWAYS: ReadonlySet<string> = new Set([
  // The executor states the door it needs; requests and scopes are the door's own types.
  'rest>vendors',
  // `vendorgraph compose` is the one way into the composer.
  'cli>compose',
  // What a person writes is read in one place.
  'auth>config',
  'audit>config',
  'quota>config',
  'store>config',
  'events>config',
  // Parts of the wiring.
  'gateway.ts>callers.ts',
  'gateway.ts>production.ts',
  'gateway.ts>event-service.ts',
  'event-service.ts>pruning.ts',
  // The two ways in: as a command, as a library.
  'main.ts>gateway.ts',
  'index.ts>gateway.ts',
]);

const FORBIDDEN_NAMES = /^(utils?|helpers?|common|misc|shared|lib|tools?)(\.ts)?$/;

interface Import {
  from: string;
  to: string;
  typeOnly: boolean;
}

const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
const imports = files.flatMap(importsOf);

function importsOf(file: string): Import[] {
  const text = readFileSync(join(src, file), 'utf8');
  const found = text.matchAll(/^\s*(?:import|export)\s+(type\s)?[^'"]*?from\s+'(\.[^']+)'|import\('(\.[^']+)'\)/gm);
  return [...found].map(([, type, named, dynamic]) => ({
    from: file,
    to: relative(src, join(src, dirname(file), named ?? dynamic ?? '')),
    typeOnly: type !== undefined,
  }));
}

const areaOf = (file: string): string => file.split('/')[0] ?? file;

describe('the house', () => {
  it('knows the floor of every folder and file of src/', () => {
    const areas = new Set(files.map(areaOf));
    areas.delete('sandbox');
    expect([...areas].filter((area) => !(area in FLOORS))).toEqual([]);
  });

  it('imports only from its own folder and from lower floors', () => {
    const up = imports.filter(({ from, to }) => {
      const [a, b] = [areaOf(from), areaOf(to)];
      if (a === b || a === 'sandbox') return false;
      if (SIDEWAYS.has(`${a}>${b}`)) return false;
      return (FLOORS[a] ?? 0) <= (FLOORS[b] ?? 99);
    });
    expect(up).toEqual([]);
  });

  it('keeps the sandbox apart: it takes nothing from the gateway but types', () => {
    const taken = imports.filter(
      ({ from, to, typeOnly }) => areaOf(from) === 'sandbox' && areaOf(to) !== 'sandbox' && !typeOnly,
    );
    expect(taken).toEqual([]);
    const known = imports.filter(({ from, to }) => areaOf(from) !== 'sandbox' && areaOf(to) === 'sandbox');
    expect(known).toEqual([]);
  });

  it('imports Mesh in src/compose/ only', () => {
    const mesh = files.filter((file) =>
      /from '@(graphql-mesh|omnigraph)\//.test(readFileSync(join(src, file), 'utf8')),
    );
    expect(mesh.filter((file) => areaOf(file) !== 'compose')).toEqual([]);
    expect(mesh.length).toBeGreaterThan(0);
  });

  it('has no import cycles', () => {
    const graph = new Map<string, string[]>();
    for (const { from, to } of imports) graph.set(from, [...(graph.get(from) ?? []), to]);
    expect(cyclesOf(graph)).toEqual([]);
  });

  it('lets an example take of the engine only what its package exports', () => {
    const examples = join(root, 'examples');
    const taken = readdirSync(examples, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) => {
        const folder = join(examples, file.split('/')[0] ?? '');
        const named = readFileSync(join(examples, file), 'utf8').matchAll(/from '([^']+)'/g);
        return [...named].map(([, name = '']) => ({ file, name, folder }));
      })
      .filter(
        ({ file, name, folder }) => !(name === 'vendorgraph' || join(examples, dirname(file), name).startsWith(folder)),
      );
    expect(taken).toEqual([]);
  });

  it('has no file or folder whose name is a dumping ground', () => {
    const tracked = ['src', 'sources', 'test', 'bench', 'soak', 'schema', 'examples'].flatMap((dir) =>
      namesBelow(join(root, dir)),
    );
    expect(tracked.filter((name) => FORBIDDEN_NAMES.test(name))).toEqual([]);
  });
});

function namesBelow(dir: string): string[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((path) => !path.includes('node_modules'))
    .map((path) => path.split('/').at(-1) ?? path);
}

function cyclesOf(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file].join(' → '));
    if (done.has(file) || path.includes(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  return cycles;
}
