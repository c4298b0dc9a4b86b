/** Asks gateway and oracle the same, and says where they differ. */
import { parse } from 'graphql';
import type { Answer, GatewayUnderTest } from '../../gateway-under-test.ts';
import type { Tree } from '../asking.ts';
import { difference, type Tolerance, wrongness } from './differences.ts';
import { type FieldVendors, vendorsOf } from './field-vendors.ts';
import { countFields } from './plain-selection.ts';
import { type QueryText, type Walk, writeQuery } from './query-text.ts';
import type { FieldSelection } from './selection.ts';
import type { WorldAnswers } from './world-answers.ts';

/** Pages of one list, the first included. */
const MOST_PAGES = 3;

/** What was compared. */
export interface Count {
  /** Root selections; each page of a walk is one. They go in one operation, as they do where a page asks for all it shows. */
  queries: number;
  operations: number;
  /** Fields that lead on to other objects: those written, and those that no condition left out. */
  joins: { written: number; asked: number };
}

export function createCount(): Count {
  return { queries: 0, operations: 0, joins: { written: 0, asked: 0 } };
}

/** Throws at the first difference, with the query. Lists are read on, page by page, where the selection says so. */
export async function expectSame(
  gateway: GatewayUnderTest,
  oracle: WorldAnswers,
  roots: readonly FieldSelection[],
  count: Count,
): Promise<void> {
  let places = [...roots.keys()];
  let actualCursors: Cursors = {};
  let expectedCursors: Cursors = {};
  for (let page = 0; page < MOST_PAGES && places.length > 0; page += 1) {
    const query = writeQuery(roots, oracle.schema, places);
    const variables = variablesOf(query, actualCursors);
    const expected = oracle.answer(parse(query.text), variablesOf(query, expectedCursors));
    const answers = await askAgain(gateway, query.text, variables);
    for (const [time, { data, errors }] of answers.entries()) {
      const found = unlikeRefusals(errors, expected.refusals) ?? difference(data, expected.data);
      if (found) throw new Error(`${found}\nAsked ${time + 1} times.\n${query.text}\n${text(variables)}`);
    }
    const [answer] = answers;
    if (!answer) throw new TypeError('Nothing was asked.');
    countIn(
      count,
      places.flatMap((place) => roots[place] ?? []),
    );
    const walks = query.walks.filter(({ path }) => pageInfoAt(expected.data, path)?.hasNextPage);
    places = [...new Set(walks.map(({ root }) => root))];
    actualCursors = cursorsIn(answer.data, walks);
    expectedCursors = cursorsIn(expected.data, walks);
  }
}

/** The same with vendors that misbehave: throws when a value is neither the oracle's nor a null that `tolerated` allows. */
export async function expectNothingWrong(
  gateway: GatewayUnderTest,
  oracle: WorldAnswers,
  roots: readonly FieldSelection[],
  count: Count,
  tolerated: (errors: Answer['errors'], vendorOf: FieldVendors) => Tolerance,
  behave: () => Promise<void>,
): Promise<void> {
  const query = writeQuery(roots, oracle.schema);
  const document = parse(query.text);
  const vendorOf = vendorsOf(document, oracle.schema);
  const page = oracle.answer(document, query.variables).data;
  const whole = oracle.answerWhole(document, query.variables).data;
  for (const { data, errors } of await askAgain(gateway, query.text, query.variables, behave)) {
    const found = wrongness(data, page, whole, tolerated(errors, vendorOf));
    if (found) throw new Error(`${found}\n${query.text}\n${text(query.variables)}\n${text(errors)}`);
  }
  countIn(count, roots);
}

/** As often as shows what is kept from one time to the next. */
const TIMES = 2;

/** The answers, which must not depend on what was asked before. Faults that strike a few times are set anew for each. */
async function askAgain(
  gateway: GatewayUnderTest,
  query: string,
  variables: Record<string, unknown>,
  behave?: () => Promise<void>,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let time = 0; time < TIMES; time += 1) {
    await behave?.();
    answers.push(await gateway.ask(query, { variables }));
  }
  return answers;
}

function countIn(count: Count, roots: readonly FieldSelection[]): void {
  const { written, asked } = countFields(roots);
  count.queries += roots.length;
  count.operations += 1;
  count.joins.written += written;
  count.joins.asked += asked;
}

/** Errors are those of pages the oracle refuses, too, each with its code where it is. */
function unlikeRefusals(errors: Answer['errors'], expected: readonly string[]): string | undefined {
  const actual = errors.map(({ path, extensions }) => `${(path ?? []).join('.')}: ${extensions['code']}`);
  const isSame = text(actual.toSorted()) === text(expected.toSorted());
  return isSame ? undefined : `The errors are ${text(errors)}, but the world says ${text(expected)}.`;
}

/** By list; a list that is at its end has none and begins again. */
type Cursors = Readonly<Record<string, string>>;

function cursorsIn(data: Tree, walks: readonly Walk[]): Cursors {
  return Object.fromEntries(walks.map(({ list, path }) => [list, pageInfoAt(data, path).endCursor]));
}

function variablesOf({ variables, walks }: QueryText, cursors: Cursors): Record<string, unknown> {
  return { ...variables, ...Object.fromEntries(walks.map(({ variable, list }) => [variable, cursors[list] ?? null])) };
}

function pageInfoAt(data: Tree, path: readonly string[]): Tree {
  return path.reduce<Tree>((value, name) => value?.[name], data)?.pageInfo;
}

function text(value: unknown): string {
  return JSON.stringify(value);
}
