/**
 * Random documents by callers with random scopes: each answer is to be that of a caller who may see everything, minus what
 * is forbidden. Half of the documents come from a generator over the whole schema, one of eight is a mutation, the others come from
 * the generator of the joins' proof.
 */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { buildSchema, type DocumentNode, type GraphQLSchema, parse } from 'graphql';
import { createRandom } from '../../../src/sandbox/random.ts';
import { messageOf, toolCall } from '../../agents/mcp-request.ts';
import type { Answer } from '../../gateway-under-test.ts';
import type { Tree } from '../../joins/asking.ts';
import { writeQuery } from '../../joins/random/query-text.ts';
import { readCursors } from '../../joins/random/refused-pages.ts';
import { createSelections } from '../../joins/random/selection.ts';
import { createWorldAnswers } from '../../joins/random/world-answers.ts';
import { expectAnswer } from './expected-answer.ts';
import { findLeak } from './find-leak.ts';
import { type RulesByHand, readRulesByHand } from './rules-by-hand.ts';
import { createSchemaQueries } from './schema-queries.ts';
import { EVERY_SCOPE, SCOPES, type ScopedGateway, scopesOf, startScopedGateway } from './scoped-gateway.ts';
import { smallerDocument } from './smaller-document.ts';

export interface LeakRun extends AsyncDisposable {
  gateway: ScopedGateway;
  schema: GraphQLSchema;
  rules: RulesByHand;
  /** The document of that seed, and its variables. */
  documentOf(seed: number): Document;
  check(document: Document, client: number): Promise<Verdict>;
}

export interface Verdict {
  /** Undefined: nothing. */
  wrong?: string | undefined;
  /** `same`: the caller may see all of it. `refused`: nobody is answered. */
  kind: 'guarded' | 'same' | 'refused';
  /** An agent asked. */
  overMcp?: boolean;
}

export interface Document {
  text: string;
  variables: Record<string, unknown>;
}

export interface LeakCount {
  /** Documents with a set of scopes each. */
  pairs: number;
  documents: number;
  /** Pairs in which something was forbidden or masked. */
  guarded: number;
  /** Pairs whose document is refused to everybody, e.g. for nested pages that multiply. */
  refused: number;
  /** Pairs asked as agents ask. */
  overMcp: number;
  /** Whoever finds one finds the way to see it again. */
  leaks: string[];
}

/** One client of so many asks as agents ask: a prime, so that each scope is there and is lacking. */
const AGENTS = 5;
/** One of so many documents is a mutation. */
const WRITE_EACH = 8;
/** Sets of scopes for each document. */
const CLIENTS_EACH = 6;

export async function startLeakRun(): Promise<LeakRun> {
  const gateway = await startScopedGateway();
  const { world } = gateway.sandbox;
  const text = readFileSync(new URL('../../../schema/composed.graphql', import.meta.url), 'utf8');
  const schema = buildSchema(text, { assumeValidSDL: true });
  const rules = readRulesByHand(parse(text));
  const { links } = createWorldAnswers(world);
  const { root } = createSelections(schema, links, world, await readCursors(gateway));
  const roots = fc.array(root, { minLength: 1, maxLength: 3 });
  // What needs other scopes than these is refused to every client here, and with it the whole document.
  const mayBeAsked = (name: string) => rules.lacking(`Query.${name}`, scopesOf(EVERY_SCOPE)).length === 0;
  const writeDocument = createSchemaQueries(schema, world, mayBeAsked);
  let whole: { document: Document; answer: Answer } | undefined;

  const ask = ({ text: query, variables }: Document, client: number) =>
    gateway.ask(query, {
      variables,
      key: gateway.keys[client] ?? '',
      headers: { 'x-vendorgraph-explain': '1' },
    });
  /** Undefined: the answer is larger than an agent is given, or has more errors than an agent is told. */
  const askAsAgent = async ({ text: query, variables }: Document, client: number): Promise<Answer | undefined> => {
    const given = { query, variables, reason: 'to see what is shown', maxTokens: 20_000 };
    const { headers, body } = toolCall('graph_query', given);
    const response = await fetch(`${gateway.gateway.url}/mcp`, {
      method: 'POST',
      headers: { ...headers, authorization: `Bearer ${gateway.keys[client]}` },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    const { data = null, errors = [], meta = {} } = messageOf(text).result?.structuredContent ?? {};
    if (meta['note'] !== undefined || errors.some(({ extensions }) => extensions['limit'] === 'maxTokens'))
      return undefined;
    // What it holds is judged, whatever it is.
    return { status: response.status, data, errors, extensions: meta, text } as unknown as Answer;
  };
  const askWhole = async (document: Document): Promise<Answer> => {
    if (whole?.document !== document) whole = { document, answer: await ask(document, EVERY_SCOPE) };
    return whole.answer;
  };
  return {
    gateway,
    schema,
    rules,
    documentOf(seed) {
      if (seed % WRITE_EACH === 0) return { text: writeDocument(seed, 'mutation'), variables: {} };
      if (seed % 2 === 1) return { text: writeDocument(seed), variables: {} };
      return fc.sample(roots, { seed, numRuns: 1 }).map((selections) => writeQuery(selections, schema))[0] as Document; // one run, one value
    },
    async check(document, client) {
      const { data: answer, errors: wholeErrors } = await askWhole(document);
      if (answer === null) return { kind: 'refused' };
      const scopes = scopesOf(client);
      const asked = { document: parse(document.text), variables: document.variables, answer: answer as Tree };
      const expected = expectAnswer(schema, rules, asked, scopes);
      gateway.logged.length = 0;
      const agents = client % AGENTS === 0 && isQuery(asked.document) ? await askAsAgent(document, client) : undefined;
      const given = agents ?? (await ask(document, client));
      const sent = `${document.text}\n${JSON.stringify(document.variables)}`;
      const logged = gateway.logged.join('\n');
      return {
        wrong: findLeak(expected, { answer: given, logged, sent, scopes, wholeErrors }),
        kind: expected.refused.size + expected.masked.size > 0 ? 'guarded' : 'same',
        overMcp: agents !== undefined,
      };
    },
    [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose](),
  };
}

/** Their tool takes nothing else. */
function isQuery({ definitions }: DocumentNode): boolean {
  return definitions.every((node) => node.kind !== 'OperationDefinition' || node.operation === 'query');
}

export interface LeakOptions {
  /** Documents with a set of scopes each, at least. */
  queries: number;
  seed: number;
  /** Ends at the first leak, unless it is told to go on. */
  goesOn?: boolean;
  /** Milliseconds after which no more is asked. */
  atMostMs?: number;
}

export async function findLeaks(
  run: LeakRun,
  { queries, seed, goesOn = false, atMostMs = Number.POSITIVE_INFINITY }: LeakOptions,
): Promise<LeakCount> {
  const count: LeakCount = { pairs: 0, documents: 0, guarded: 0, refused: 0, overMcp: 0, leaks: [] };
  const endsAt = performance.now() + atMostMs;
  for (let next = seed; count.pairs < queries && performance.now() < endsAt; next += 1) {
    const document = run.documentOf(next);
    count.documents += 1;
    const random = createRandom(next, 'clients');
    for (let each = 0; each < CLIENTS_EACH; each += 1) {
      const client = random.int(0, EVERY_SCOPE - 1);
      const { wrong, kind, overMcp } = await run.check(document, client);
      count.pairs += 1;
      if (overMcp) count.overMcp += 1;
      if (kind !== 'same') count[kind] += 1;
      if (wrong === undefined) continue;
      count.leaks.push(await explained(run, document, client, wrong, next));
      if (!goesOn) return count;
    }
  }
  return count;
}

async function explained(
  run: LeakRun,
  document: Document,
  client: number,
  found: string,
  seed: number,
): Promise<string> {
  // A union that does not say what it is any more cannot be judged.
  const isWrong = (text: string) =>
    run.check({ ...document, text }, client).then(
      ({ wrong }) => wrong !== undefined,
      () => false,
    );
  const text = await smallerDocument(document.text, run.schema, isWrong);
  const left = (await run.check({ ...document, text }, client)).wrong ?? found;
  const lacks = SCOPES.filter((scope) => !scopesOf(client).has(scope));
  return `seed ${seed}, client ${client} (lacks ${lacks})\n${left}\n${text}\n${JSON.stringify(document.variables)}`;
}

/** What `npm run soak` calls: as many as are wanted, from that seed on. Resolves to the leaks. */
export async function runLeakSoak({
  queries,
  seed,
  print,
}: {
  queries: number;
  seed: number;
  print(line: string): void;
}): Promise<string[]> {
  await using run = await startLeakRun();
  const leaks: string[] = [];
  const step = 5_000;
  let pairs = 0;
  for (let next = seed; pairs < queries; ) {
    const count = await findLeaks(run, { queries: Math.min(step, queries - pairs), seed: next, goesOn: true });
    pairs += count.pairs;
    next += count.documents;
    leaks.push(...count.leaks);
    for (const leak of count.leaks) print(leak);
    print(`${pairs} documents with a set of scopes each, ${leaks.length} leaks; the next seed is ${next}`);
  }
  return leaks;
}
