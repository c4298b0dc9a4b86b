/** Lists, single reads, searches and batch reads of contacts, companies and deals. */
import { batchAnswer, paging, present, presentTies } from './sandbox-answers.ts';
import type { Handler } from './sandbox-handler.ts';
import {
  isArchived,
  isIdProperty,
  isRecord,
  locate,
  namesOf,
  readKinds,
  readLimit,
  readNames,
} from './sandbox-input.ts';
import { type ObjectType, SINGULAR } from './sandbox-properties.ts';
import { readSearch, search } from './sandbox-search.ts';
import type { CrmObject } from './sandbox-state.ts';

const MAX_LIST = 100;
const MAX_SEARCH = 200;
const MAX_BATCH = 100;
/** A search shows no more matches than these, on whatever pages. */
const MAX_FOUND = 10_000;

export const list: Handler = (type, { path, query }, { state, errors }) => {
  const limit = readLimit(query.get('limit'), 10, MAX_LIST);
  if (limit === undefined) return errors.invalid(`limit must be between 1 and ${MAX_LIST}.`);
  const after = query.get('after') ?? '0';
  if (!/^\d+$/.test(after)) return errors.invalid(`Invalid paging cursor: ${after}`);
  const kinds = readKinds(query);
  if (typeof kinds === 'string') return errors.unknownObjectType(kinds);

  const archived = query.get('archived') === 'true';
  const rows = state
    .all(type)
    .filter((object) => isArchived(object) === archived && Number(object.id) >= Number(after));
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  // The cursor is where the next page begins, not a row of it: it survives the archiving of any row.
  const next = rows.length > limit && last !== undefined ? String(Number(last.id) + 1) : undefined;
  const wanted = readNames(query);
  return {
    status: 200,
    json: {
      results: page.map((object) => ({ ...present(state, object, wanted), ...presentTies(state, object, kinds) })),
      ...paging(next, path, query),
    },
  };
};

export const get: Handler = (type, { params, query }, crm) => {
  const { state, errors } = crm;
  const found = locate(
    type,
    { id: params['id'] ?? '', idProperty: query.get('idProperty'), archived: query.get('archived') === 'true' },
    crm,
  );
  if ('status' in found) return found;
  const kinds = readKinds(query);
  if (typeof kinds === 'string') return errors.unknownObjectType(kinds);
  return { status: 200, json: { ...present(state, found, readNames(query)), ...presentTies(state, found, kinds) } };
};

export const find: Handler = (type, { body, path }, { state, errors }) => {
  const input = body ?? {};
  if (!isRecord(input)) return errors.invalid('Invalid input JSON: an object is expected.');
  const limit = readLimit(input['limit'], 10, MAX_SEARCH);
  if (limit === undefined) return errors.invalid(`limit must be between 1 and ${MAX_SEARCH}.`);
  const after = String(input['after'] || '0');
  if (!/^\d+$/.test(after)) return errors.invalid(`Invalid paging cursor: ${after}`);
  if (Number(after) + limit > MAX_FOUND)
    return errors.invalid(`Paging through more than ${MAX_FOUND} results is not supported.`);
  const wanted = readSearch(type, input);
  if (typeof wanted === 'string') return errors.invalid(`There was a problem with the request. ${wanted}`);

  const found = search(state, type, wanted);
  const end = Number(after) + limit;
  return {
    status: 200,
    json: {
      total: found.length,
      results: found.slice(Number(after), end).map((object) => present(state, object, namesOf(input['properties']))),
      ...paging(end < found.length ? String(end) : undefined, path, new URLSearchParams()),
    },
  };
};

/** Rows come in the order of their ids, whatever the order of the inputs; 207 when an input has no object. */
export const batchRead: Handler = (type, { body, query }, { state, errors, now }) => {
  if (!isRecord(body) || !Array.isArray(body['inputs']))
    return errors.invalid('Invalid input JSON: inputs is missing.');
  const { inputs, idProperty, properties } = body;
  if (inputs.length > MAX_BATCH) return errors.invalid(`The number of inputs must not exceed ${MAX_BATCH}.`);
  const by = idProperty === undefined || idProperty === null ? null : String(idProperty);
  if (!isIdProperty(type, by)) return errors.invalid(`${by} is not a unique property of ${type}.`);

  const archived = query.get('archived') === 'true';
  const rows = new Set<CrmObject>();
  const missing: string[] = [];
  for (const input of inputs) {
    const id = String(isRecord(input) ? input['id'] : '');
    const object = by === 'email' ? state.findByEmail(id) : state.find(type, id);
    if (object === undefined || isArchived(object) !== archived) missing.push(id);
    else rows.add(object);
  }
  const found = [...rows].sort((a, b) => Number(a.id) - Number(b.id));
  return batchAnswer(
    found.map((object) => present(state, object, namesOf(properties))),
    missing.length === 0 ? [] : [notFoundIn(type, missing)],
    now(),
  );
};

/** One error for all the missing ids together. */
function notFoundIn(type: ObjectType, ids: string[]): Record<string, unknown> {
  return {
    status: 'error',
    category: 'OBJECT_NOT_FOUND',
    message: `Could not get some ${SINGULAR[type].toUpperCase()} objects, they may be deleted or not exist. Check that ids are valid.`,
    context: { ids },
  };
}
