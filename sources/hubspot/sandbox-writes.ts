/** Creates, updates and archives of contacts, companies and deals. */
import { present } from './sandbox-answers.ts';
import { readTypeId } from './sandbox-associations.ts';
import type { Handler } from './sandbox-handler.ts';
import { isArchived, isRecord, locate } from './sandbox-input.ts';
import { CONSTANT_PROPERTIES, DEFAULT_PROPERTIES, type ObjectType, readWrite } from './sandbox-properties.ts';
import type { CrmState } from './sandbox-state.ts';
import { changed, created } from './sandbox-webhooks.ts';

export const create: Handler = (type, { operation, body }, { state, errors, ownerIds, recordWrite, tell }) => {
  if (!isRecord(body) || !isRecord(body['properties']))
    return errors.invalid('Invalid input JSON: properties is missing.');
  const written = readWrite(type, body['properties'], ownerIds);
  if ('problems' in written) return errors.invalidProperties(written.problems);
  const { values } = written;
  if (type === 'contacts' && !values['email'] && !values['firstname'] && !values['lastname']) {
    return errors.invalid('At least one of these properties must be set: email, firstname, lastname.');
  }
  const existing = type === 'contacts' && values['email'] ? state.findByEmail(values['email']) : undefined;
  if (existing !== undefined) return errors.contactExists(existing.id);
  const ties = readTies(type, body['associations'], state);
  if (typeof ties === 'string') return errors.invalid(ties);

  const object = state.create(type, values);
  for (const { to, id, primary } of ties) state.associations.tie(type, object.id, to, id, primary);
  recordWrite({ operation, id: object.id, data: body });
  tell(created(object));
  return { status: 201, json: present(state, object, [...DEFAULT_PROPERTIES[type], ...Object.keys(object.values)]) };
};

/** The answer holds what was written and the constant properties, not the whole object. */
export const update: Handler = (type, { operation, params, query, body }, crm) => {
  const { state, errors, ownerIds, recordWrite, tell } = crm;
  const found = locate(type, { id: params['id'] ?? '', idProperty: query.get('idProperty'), archived: false }, crm);
  if ('status' in found) return found;
  if (!isRecord(body) || !isRecord(body['properties']))
    return errors.invalid('Invalid input JSON: properties is missing.');
  const written = readWrite(type, body['properties'], ownerIds);
  if ('problems' in written) return errors.invalidProperties(written.problems);
  const other = type === 'contacts' && written.values['email'] ? state.findByEmail(written.values['email']) : undefined;
  if (other !== undefined && other !== found) return errors.contactExists(other.id);

  const before = found.values;
  const changes = changed(state, found, written.values);
  recordWrite({ operation, id: found.id, data: body });
  // What a value already was is no change.
  tell(changes.filter(({ propertyName }) => before[propertyName] !== found.values[propertyName]));
  return { status: 200, json: present(state, found, [...CONSTANT_PROPERTIES[type], ...Object.keys(written.values)]) };
};

/** Says 204 for an object that is archived or never was, as HubSpot does. */
export const archive: Handler = (type, { operation, params }, { state, errors, recordWrite, tell }) => {
  const id = params['id'] ?? '';
  if (!/^\d+$/.test(id)) return errors.notAnId(id);
  const found = state.find(type, id);
  if (found !== undefined && !isArchived(found)) {
    state.archive(found);
    recordWrite({ operation, id, data: null });
    tell([{ object: found, changeFlag: 'DELETED' }]);
  }
  return { status: 204 };
};

/** Ties a create asks for, or what is wrong with them. */
function readTies(
  from: ObjectType,
  input: unknown,
  state: CrmState,
): { to: ObjectType; id: string; primary: boolean }[] | string {
  const ties = [];
  for (const entry of Array.isArray(input) ? input : []) {
    if (!isRecord(entry) || !isRecord(entry['to']) || !Array.isArray(entry['types']))
      return 'An association needs to and types.';
    const id = String(entry['to']['id']);
    for (const spec of entry['types']) {
      const type = readTypeId(from, Number(isRecord(spec) ? spec['associationTypeId'] : Number.NaN));
      if (type === undefined) return `One or more associations are invalid: no such association type from ${from}.`;
      if (state.find(type.to, id)?.archivedAt !== null)
        return `One or more associations are invalid: ${type.to} ${id} does not exist.`;
      ties.push({ ...type, id });
    }
  }
  return ties;
}
