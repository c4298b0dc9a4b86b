/** The three reads every kind of object has: list, read by id, search. */

import type { EmulatorRequest, Method } from '../../src/sandbox/emulator.ts';
import { type Form, parseForm } from '../../src/sandbox/form.ts';
import { expand } from './sandbox-expand.ts';
import { invalid, missing } from './sandbox-faults.ts';
import type { Filter, Test } from './sandbox-filters.ts';
import { listPage, searchPage } from './sandbox-pages.ts';
import { readText, readTexts, refuseUnknown } from './sandbox-parameters.ts';
import type { Resource } from './sandbox-resources.ts';
import { parseSearch, type SearchFields } from './sandbox-search.ts';
import type { StripeState } from './sandbox-state.ts';

/** A route before the answer's headers and faults are taken care of: returns the JSON of a 200. */
export interface Endpoint {
  method: Method;
  path: string;
  operation: string;
  answer(request: EmulatorRequest): unknown;
}

export function createReads(state: StripeState, resource: Resource): Endpoint[] {
  const { plural, noun, search } = resource;
  const base = `/v1/${plural}`;
  const reads: Endpoint[] = [
    { method: 'GET', path: base, operation: plural, answer: ({ query }) => list(state, resource, parseForm(query)) },
    {
      method: 'GET',
      path: `${base}/:id`,
      operation: noun,
      answer: ({ query, params }) => read(state, resource, params['id'] ?? '', parseForm(query)),
    },
  ];
  if (search === undefined) return reads;
  const { operation, fields } = search;
  const answer = ({ query }: EmulatorRequest) => find(state, resource, fields, parseForm(query));
  return [...reads, { method: 'GET', path: `${base}/search`, operation, answer }];
}

const LIST_PARAMETERS = ['limit', 'starting_after', 'ending_before', 'expand'];
const SEARCH_PARAMETERS = new Set(['query', 'limit', 'page', 'expand']);
const READ_PARAMETERS = new Set(['expand']);

function list(state: StripeState, { plural, noun, table, filters, unless }: Resource, form: Form): unknown {
  refuseUnknown(form, new Set([...Object.keys(filters), ...LIST_PARAMETERS]));
  const tests = testsOf(filters, form);
  if (unless !== undefined && form[unless.filter] === undefined) tests.push((object) => !unless.hide(object));
  const page = listPage(form, noun, table.all(), (object) => tests.every((test) => test(object)));
  return expand(state, { object: 'list', ...page, url: `/v1/${plural}` }, readExpand(form));
}

function testsOf(filters: Record<string, Filter>, form: Form): Test[] {
  return Object.entries(filters).flatMap(([name, filter]) => {
    const value = form[name];
    return value === undefined ? [] : [filter(value, name)];
  });
}

function read(state: StripeState, { noun, table, idParam }: Resource, id: string, form: Form): unknown {
  refuseUnknown(form, READ_PARAMETERS);
  const object = table.get(id);
  if (object !== undefined) return expand(state, object, readExpand(form));
  if (table.wasRemoved(id)) return { id, object: noun, deleted: true };
  throw missing(noun, id, idParam, 404);
}

function find(state: StripeState, { plural, table }: Resource, fields: SearchFields, form: Form): unknown {
  refuseUnknown(form, SEARCH_PARAMETERS);
  const query = readText(form['query'], 'query');
  if (query === undefined) throw invalid('Missing required param: query.', 'query', 'parameter_missing');
  const { matches, ...page } = searchPage(form, table.indexed(), parseSearch(query, plural, fields));
  const wanted = readExpand(form);
  const total = wanted.includes('total_count') ? { total_count: matches } : {};
  const answer = { object: 'search_result', ...page, ...total, url: `/v1/${plural}/search` };
  return expand(
    state,
    answer,
    wanted.filter((property) => property !== 'total_count'),
  );
}

export function readExpand(form: Form): string[] {
  return readTexts(form['expand'], 'expand') ?? [];
}
