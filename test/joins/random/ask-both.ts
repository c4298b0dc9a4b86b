/** Asks gateway and oracle the same, and says where they differ. */
import { parse } from 'graphql';
import type { Answer, GatewayUnderTest } from '../../gateway-under-test.ts';
import type { Tree } from '../asking.ts';
import { difference, type Tolerance, wrongness } from './differences.ts';
import { type QueryText, type Walk, writeQuery } from './query-text.ts';
import type { FieldSelection } from './selection.ts';
import type { WorldAnswers } from './world-answers.ts';

/** Pages of one list, the first included. */
const MOST_PAGES = 3;

/** Root selections in an operation that is asked for twice before it is compared; it counts once. */
const TWICE = 6;

/** Root selections that were compared; each page of a walk is one. */
export interface Count {
  queries: number;
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
    // A document may be compiled when it is asked for the second time; large ones are not worth the wait here.
    if (places.length <= TWICE) await gateway.ask(query.text, { variables });
    const answer = await gateway.ask(query.text, { variables });
    const expected = oracle.answer(parse(query.text), variablesOf(query, expectedCursors));
    const found = unlikeRefusals(answer.errors, expected.refusals) ?? difference(answer.data, expected.data);
    if (found) throw new Error(`${found}\n${query.text}\n${text(variables)}`);
    count.queries += places.length;
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
  tolerated: (errors: Answer['errors']) => Tolerance,
): Promise<void> {
  const query = writeQuery(roots, oracle.schema);
  const document = parse(query.text);
  const { data, errors } = await gateway.ask(query.text, { variables: query.variables });
  const page = oracle.answer(document, query.variables).data;
  const whole = oracle.answerWhole(document, query.variables).data;
  const found = wrongness(data, page, whole, tolerated(errors));
  if (found) throw new Error(`${found}\n${query.text}\n${text(query.variables)}\n${text(errors)}`);
  count.queries += roots.length;
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
