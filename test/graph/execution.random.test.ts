/** Whatever rows do (throw, reject, come late, are null or of the wrong kind), the answer is that of graphql-js. */
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { type DocumentNode, type ExecutionResult, execute, parse, validate } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createExecute } from '../../src/graph/planned-execution.ts';
import { createRandomGraph, Row, type World } from './random-graph.ts';

const LEAVES = ['id', 'text', 'number', 'half', 'yes', 'colour', 'any', 'texts', 'grid'];
const OBJECTS = { child: 'A', children: 'A', b: 'B', other: 'Either', others: 'Either', thing: 'Thing' };

const CONDITION = fc.oneof(
  { weight: 6, arbitrary: fc.constant('') },
  fc.constantFrom(
    '@skip(if: $yes)',
    '@include(if: $yes)',
    '@skip(if: $no)',
    '@include(if: true)',
    '@include(if: false)',
  ),
);
/** Each under a name of its own, so that they need not be merged. */
const TOLD = ['told', 'told(x: 1)', 'told(x: $x)', 'told(y: [1, $x])', 'told(s: $s, x: null)'].map(
  (text, at) => `t${at}: ${text}`,
);

/** A selection on a type; `depth`: further levels it may have. Where a name comes twice, it is the same field. */
function setOf(type: string, depth: number, spreads = true): fc.Arbitrary<string> {
  const leaf = fc.constantFrom(...LEAVES, '__typename').map((name) => `${name} x_${name}: ${name}`);
  const choices: fc.Arbitrary<string>[] = [fc.constant('__typename')];
  if (type !== 'Either') choices.push(fc.constantFrom('id', 'text', 'b_text: text'));
  if (type === 'A' || type === 'B') choices.push(leaf, fc.constantFrom(...TOLD), fc.constant('__proto__: told(x: 9)'));
  if (spreads && (type === 'A' || type === 'Thing')) choices.push(fc.constantFrom('...F', '...G'));
  if (depth > 0 && (type === 'A' || type === 'B')) {
    for (const [name, of] of Object.entries(OBJECTS))
      choices.push(
        fc
          .tuple(fc.constantFrom('', `o_${name}: `), setOf(of, depth - 1, spreads))
          .map(([alias, set]) => `${alias}${name} #C ${set}`),
      );
  }
  if (depth > 0 && type !== 'Query') {
    const on = type === 'Thing' || type === 'Either' ? ['A', 'B', 'Thing'] : [type, 'Thing'];
    choices.push(
      fc.constantFrom(...on).chain((one) => setOf(one, depth - 1, spreads).map((set) => `... on ${one} #C ${set}`)),
    );
  }
  const one = fc
    .tuple(fc.oneof(...choices), CONDITION)
    .map(([text, condition]) =>
      text.includes('#C')
        ? text.replace('#C', condition)
        : text.startsWith('...') || text.includes('x_')
          ? text
          : `${text} ${condition}`,
    );
  return fc.array(one, { minLength: 1, maxLength: 4 }).map((all) => `{ ${all.join(' ')} }`);
}

const QUESTION = fc.record({
  kind: fc.constantFrom('query', 'query', 'mutation'),
  set: setOf('A', 4),
  f: setOf('A', 2, false),
  seed: fc.nat(),
  yes: fc.boolean(),
  variables: fc.record({ x: fc.option(fc.nat(9)), s: fc.constant('s') }, { requiredKeys: [] }),
});

type Question = typeof QUESTION extends fc.Arbitrary<infer Value> ? Value : never;

/** In the words of the query: what validation refuses is left out by whoever asks. */
function textOf({ kind, set, f }: Question): string {
  const used = `${kind} ($yes: Boolean!, $no: Boolean! = false, $x: Int, $s: String = "d") ${set}`;
  return `${used} fragment F on A ${f} fragment G on Thing { id text }`;
}

interface Asked {
  result: ExecutionResult;
  asked: string[];
}

async function ask(run: typeof execute, schema: Schema, document: DocumentNode, question: Question): Promise<Asked> {
  const world: World = { asked: [] };
  const type = question.kind === 'query' ? 'Query' : 'Mutation';
  const result = await run({
    schema,
    document,
    rootValue: new Row(schema, type, question.seed),
    contextValue: world,
    variableValues: { yes: question.yes, ...question.variables },
  });
  return { result, asked: world.asked };
}

type Schema = ReturnType<typeof createRandomGraph>;

const told = ({ errors = [] }: ExecutionResult): string[] =>
  errors.map(({ message, path, locations }) => JSON.stringify([withoutWords(message), path, locations])).sort();

/** Our own words for what graphql-js says of a value that does not fit. */
function withoutWords(message: string): string {
  return /^(Expected `|Abstract type|.* has no text for|A row of|Runtime Object type)/.test(message)
    ? 'no such value'
    : message;
}

/** Nulls of the answer that errors stand for. */
function nulled({ data, errors = [] }: ExecutionResult): string[] {
  const places = errors.map(({ path = [] }) => {
    let value: unknown = data;
    const shown: unknown[] = [];
    for (const key of path) {
      if (value === null || typeof value !== 'object') break;
      shown.push(key);
      value = value[key as keyof typeof value];
    }
    return JSON.stringify([shown, value ?? null]);
  });
  return [...new Set(places)].sort();
}

/** What is rejected and nobody listens to ends a process. Of ours there must be none; graphql-js leaves some. */
const unhandled: unknown[] = [];
const usual = process.listeners('unhandledRejection');
beforeAll(() => {
  process.removeAllListeners('unhandledRejection');
  process.on('unhandledRejection', (reason) => void unhandled.push(reason));
});
afterAll(() => {
  process.removeAllListeners('unhandledRejection');
  for (const listener of usual) process.on('unhandledRejection', listener);
});

async function compare(
  schema: Schema,
  question: Question,
  check: (ours: Asked, theirs: Asked) => void,
): Promise<boolean> {
  const document = parse(textOf(question));
  const errors = validate(schema, document).filter(({ message }) => !/ is never used/.test(message));
  if (errors.length > 0) return false;
  const run = createExecute();
  const theirs = await ask(execute, schema, document, question);
  await setImmediate();
  unhandled.length = 0;
  // The second time by the plan of the first.
  for (let time = 0; time < 2; time += 1) {
    const ours = await ask(run as typeof execute, schema, document, question);
    await setImmediate();
    expect(unhandled).toEqual([]);
    expect(JSON.stringify(ours.result.data)).toBe(JSON.stringify(theirs.result.data));
    check(ours, theirs);
  }
  return true;
}

describe('a planned operation', { timeout: 120_000 }, () => {
  it('is answered as graphql-js answers it, with the same errors and the same calls, where everything may be null', async () => {
    const schema = createRandomGraph('');
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(QUESTION, async (question) => {
        const isValid = await compare(schema, question, (ours, theirs) => {
          expect(told(ours.result)).toEqual(told(theirs.result));
          expect(ours.asked.toSorted()).toEqual(theirs.asked.toSorted());
        });
        if (isValid) compared += 1;
      }),
      { numRuns: 2_000 },
    );
    expect(compared).toBeGreaterThan(200);
  });

  it('gives up the same parts of the answer where null may not stand', async () => {
    const schema = createRandomGraph('!');
    let given = 0;
    await fc.assert(
      fc.asyncProperty(QUESTION, async (question) => {
        await compare(schema, question, (ours, theirs) => {
          expect(nulled(ours.result)).toEqual(nulled(theirs.result));
          if (ours.result.errors) given += 1;
        });
      }),
      { numRuns: 2_000 },
    );
    expect(given).toBeGreaterThan(200);
  });
});
