/** `/api/v2/users`, without search. */
import type { EmulatorKit, EmulatorRequest, EmulatorResponse, Route } from '../../src/sandbox/emulator.ts';
import { recordInvalid, recordNotFound, tooManyValues } from './sandbox-errors.ts';
import { asId, asText, type Input, readBody, readList } from './sandbox-input.ts';
import { showUser } from './sandbox-objects.ts';
import { answerList, answerPages } from './sandbox-paging.ts';
import type { State, UserRow } from './sandbox-state.ts';
import { addUser, changeUser, findUserByEmail, findUserByExternalId } from './sandbox-user-changes.ts';

const MAX_BATCH = 100;

export function userRoutes(state: State, kit: EmulatorKit): Route[] {
  const answer = (user: UserRow, status = 200): EmulatorResponse => ({ status, json: { user: showUser(user) } });

  function create(operation: string, input: Input): EmulatorResponse {
    const user = addUser(state, input);
    if (Array.isArray(user)) return recordInvalid(user);
    kit.recordWrite({ operation, id: String(user.id), data: input });
    return answer(user, 201);
  }

  function update(operation: string, user: UserRow, input: Input): EmulatorResponse {
    const violations = changeUser(state, user, input);
    if (violations.length > 0) return recordInvalid(violations);
    kit.recordWrite({ operation, id: String(user.id), data: input });
    return answer(user);
  }

  const find = (request: EmulatorRequest) => state.users.get(asId(request.params['user_id']) ?? 0);
  const path = '/api/v2/users';
  return [
    { method: 'GET', path, operation: 'users', handle: (request) => list(state, request) },
    {
      method: 'POST',
      path,
      operation: 'createUser',
      handle: (request) => create('createUser', readBody(request, 'user')),
    },
    {
      method: 'GET',
      path: `${path}/show_many`,
      operation: 'showManyUsers',
      handle: (request) => showMany(state, request),
    },
    {
      method: 'POST',
      path: `${path}/create_or_update`,
      operation: 'createOrUpdateUser',
      handle(request) {
        const input = readBody(request, 'user');
        const known = findExisting(state, input);
        return known === undefined ? create('createOrUpdateUser', input) : update('createOrUpdateUser', known, input);
      },
    },
    {
      method: 'GET',
      path: `${path}/:user_id`,
      operation: 'user',
      handle(request) {
        const user = find(request);
        return user === undefined ? recordNotFound() : answer(user);
      },
    },
    {
      method: 'PUT',
      path: `${path}/:user_id`,
      operation: 'updateUser',
      handle(request) {
        const user = find(request);
        return user === undefined ? recordNotFound() : update('updateUser', user, readBody(request, 'user'));
      },
    },
  ];
}

function list(state: State, request: EmulatorRequest): EmulatorResponse {
  const role = request.query.get('role');
  const externalId = request.query.get('external_id')?.toLowerCase();
  const rows = [...state.users.values()].filter(
    (user) =>
      (role === null || user.role === role) &&
      (externalId === undefined || user.external_id?.toLowerCase() === externalId),
  );
  return answerList(request, {
    name: 'users',
    rows,
    show: showUser,
    id: ({ id }) => id,
    sorts: { id: ({ id }) => id },
  });
}

function showMany(state: State, request: EmulatorRequest): EmulatorResponse {
  const ids = readList(request, 'ids');
  const wanted = ids ?? readList(request, 'external_ids') ?? [];
  if (wanted.length > MAX_BATCH) return tooManyValues(wanted.length, MAX_BATCH);
  const found = wanted.map((id) => (ids === undefined ? findUserByExternalId(state, id) : state.users.get(Number(id))));
  return answerPages(
    request,
    'users',
    [...new Set(found)].filter((user) => user !== undefined),
    showUser,
  );
}

/** By external id first, then by address. */
function findExisting(state: State, input: Input): UserRow | undefined {
  const externalId = asText(input['external_id']);
  const email = asText(input['email']);
  return (
    (externalId === undefined ? undefined : findUserByExternalId(state, externalId)) ??
    (email === undefined ? undefined : findUserByEmail(state, email))
  );
}
