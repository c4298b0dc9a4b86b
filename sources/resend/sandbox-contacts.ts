/** `/contacts`: found by id or by e-mail address. */
import type { EmulatorKit, EmulatorRequest, EmulatorResponse, Route } from '../../src/sandbox/emulator.ts';
import { badId, invalid, isUuid, missingField, notFound } from './sandbox-errors.ts';
import { listContact, showContact } from './sandbox-objects.ts';
import { answerList } from './sandbox-paging.ts';
import { asInput, asText, type Input } from './sandbox-sending.ts';
import { type ContactRow, findContact, type State } from './sandbox-state.ts';

const ADDRESS = /^[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+$/;

export function contactRoutes(state: State, kit: EmulatorKit): Route[] {
  const path = '/contacts/:id';
  return [
    { method: 'GET', path: '/contacts', operation: 'contacts', handle: (request) => list(state, request) },
    {
      method: 'POST',
      path: '/contacts',
      operation: 'createContact',
      handle: (request) => create(state, kit, asInput(request.body)),
    },
    {
      method: 'GET',
      path,
      operation: 'contact',
      handle: (request) => withContact(state, request, (contact) => ({ status: 200, json: showContact(contact) })),
    },
    {
      method: 'PATCH',
      path,
      operation: 'updateContact',
      handle: (request) => withContact(state, request, (contact) => update(state, kit, contact, asInput(request.body))),
    },
    {
      method: 'DELETE',
      path,
      operation: 'deleteContact',
      handle: (request) => withContact(state, request, (contact) => remove(state, kit, contact)),
    },
  ];
}

function list(state: State, request: EmulatorRequest): EmulatorResponse {
  const segment = request.query.get('segment_id');
  const inSegment = ({ segments }: ContactRow) => segment === null || segments.includes(segment);
  return answerList(request, state.contacts, listContact, inSegment);
}

function withContact(
  state: State,
  request: EmulatorRequest,
  answer: (contact: ContactRow) => EmulatorResponse,
): EmulatorResponse {
  const id = request.params['id'] ?? '';
  if (!id.includes('@') && !isUuid(id)) return badId('id');
  const contact = findContact(state, id);
  return contact === undefined ? notFound('Contact') : answer(contact);
}

/** An address that is known keeps its contact: the call is answered with the id there is. */
function create(state: State, kit: EmulatorKit, input: Input): EmulatorResponse {
  const email = asText(input['email']);
  if (email === undefined) return missingField('email');
  if (!ADDRESS.test(email)) return invalid('Invalid `email` field. The email address is not valid.');
  const contact = findContact(state, email) ?? newContact(state, email);
  change(contact, input);
  state.contacts.set(contact.id, contact);
  kit.recordWrite({ operation: 'createContact', id: contact.id, data: input });
  return { status: 201, json: { object: 'contact', id: contact.id } };
}

export function newContact(state: State, email: string): ContactRow {
  return {
    id: state.newId(),
    email,
    first_name: null,
    last_name: null,
    created_at: state.time(),
    updated_at: state.time(),
    unsubscribed: false,
    properties: {},
    segments: [],
  };
}

function update(state: State, kit: EmulatorKit, contact: ContactRow, input: Input): EmulatorResponse {
  const email = asText(input['email']);
  if (email !== undefined && !ADDRESS.test(email))
    return invalid('Invalid `email` field. The email address is not valid.');
  change(contact, input);
  if (email !== undefined) contact.email = email;
  contact.updated_at = state.time();
  kit.recordWrite({ operation: 'updateContact', id: contact.id, data: input });
  return { status: 200, json: { object: 'contact', id: contact.id } };
}

function change(contact: ContactRow, input: Input): void {
  if ('first_name' in input) contact.first_name = asText(input['first_name']) ?? null;
  if ('last_name' in input) contact.last_name = asText(input['last_name']) ?? null;
  if (typeof input['unsubscribed'] === 'boolean') contact.unsubscribed = input['unsubscribed'];
  for (const [key, value] of Object.entries(asInput(input['properties']))) {
    contact.properties[key] = typeof value === 'string' || typeof value === 'number' ? value : null;
  }
  // The description says ids, the vendor's client sends objects that hold one.
  const segments = Array.isArray(input['segments']) ? input['segments'] : [];
  contact.segments.push(...segments.flatMap((item: unknown) => asText(item) ?? asText(asInput(item)['id']) ?? []));
}

function remove(state: State, kit: EmulatorKit, contact: ContactRow): EmulatorResponse {
  state.contacts.delete(contact.id);
  kit.recordWrite({ operation: 'deleteContact', id: contact.id, data: {} });
  // The description names the id `id`, the vendor's client `contact`.
  return { status: 200, json: { object: 'contact', id: contact.id, contact: contact.id, deleted: true } };
}
