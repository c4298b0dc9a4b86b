/** `/api/v2/tickets`, comments and a user's tickets. */
import { isDeepStrictEqual } from 'node:util';
import type { EmulatorKit, EmulatorRequest, EmulatorResponse, Route } from '../../src/sandbox/emulator.ts';
import { createRateWindow } from '../../src/sandbox/rate-window.ts';
import {
  idempotencyConflict,
  recordInvalid,
  recordNotFound,
  tooManyUpdates,
  tooManyValues,
  updateConflict,
} from './sandbox-errors.ts';
import { asId, readBody, readList } from './sandbox-input.ts';
import { showComment, showTicket } from './sandbox-objects.ts';
import { answerList, answerPages } from './sandbox-paging.ts';
import { type State, TICKET_STATUSES, type TicketRow } from './sandbox-state.ts';
import { changeTicket, openTicket } from './sandbox-ticket-changes.ts';

const MAX_BATCH = 100;
/** Changes of tickets in an account each minute. */
const UPDATES_A_MINUTE = 100;
const IDEMPOTENCY_MS = 2 * 60 * 60 * 1_000;

export function ticketRoutes(state: State, kit: EmulatorKit): Route[] {
  const path = '/api/v2/tickets';
  const create = createOnce(state, kit);
  const update = createUpdate(state, kit);
  return [
    { method: 'GET', path, operation: 'tickets', handle: (request) => list(state, request) },
    { method: 'POST', path, operation: 'createTicket', handle: create },
    {
      method: 'GET',
      path: `${path}/show_many`,
      operation: 'showManyTickets',
      handle: (request) => showMany(state, request),
    },
    {
      method: 'GET',
      path: `${path}/:ticket_id`,
      operation: 'ticket',
      handle(request) {
        const ticket = findTicket(state, request);
        return ticket === undefined ? recordNotFound() : { status: 200, json: { ticket: showTicket(ticket) } };
      },
    },
    { method: 'PUT', path: `${path}/:ticket_id`, operation: 'updateTicket', handle: update },
    {
      method: 'GET',
      path: `${path}/:ticket_id/comments`,
      operation: 'ticketComments',
      handle: (request) => comments(state, request),
    },
    {
      method: 'GET',
      path: '/api/v2/users/:user_id/tickets/requested',
      operation: 'requestedTickets',
      handle(request) {
        const user = state.users.get(asId(request.params['user_id']) ?? 0);
        if (user === undefined) return recordNotFound();
        return answerTickets(state, request, (ticket) => ticket.requester_id === user.id);
      },
    },
  ];
}

function findTicket(state: State, request: EmulatorRequest): TicketRow | undefined {
  return state.tickets.get(asId(request.params['ticket_id']) ?? 0);
}

function list(state: State, request: EmulatorRequest): EmulatorResponse {
  const externalId = request.query.get('external_id');
  return answerTickets(state, request, (ticket) => externalId === null || ticket.external_id === externalId);
}

export function answerTickets(
  state: State,
  request: EmulatorRequest,
  wanted: (ticket: TicketRow) => boolean,
): EmulatorResponse {
  return answerList(request, {
    name: 'tickets',
    rows: [...state.tickets.values()].filter(wanted),
    show: showTicket,
    id: ({ id }) => id,
    sorts: {
      id: ({ id }) => id,
      updated_at: ({ updated_at }) => updated_at,
      status: ({ status }) => TICKET_STATUSES.indexOf(status),
    },
  });
}

function showMany(state: State, request: EmulatorRequest): EmulatorResponse {
  const ids = readList(request, 'ids') ?? [];
  if (ids.length > MAX_BATCH) return tooManyValues(ids.length, MAX_BATCH);
  const asked = new Set(ids);
  const found = [...state.tickets.values()].filter(({ id }) => asked.has(String(id)));
  return answerPages(request, 'tickets', found, showTicket);
}

function comments(state: State, request: EmulatorRequest): EmulatorResponse {
  const ticket = findTicket(state, request);
  if (ticket === undefined) return recordNotFound();
  return answerList(request, {
    name: 'comments',
    rows: ticket.comments,
    show: showComment,
    id: ({ id }) => id,
    sorts: { created_at: ({ created_at }) => created_at },
  });
}

/** Keys are kept for two hours: the same body again is answered as before, another body is refused. */
function createOnce(state: State, kit: EmulatorKit): Route['handle'] {
  const first = new Map<string, { body: unknown; response: EmulatorResponse; at: number }>();
  return (request) => {
    const key = request.headers['idempotency-key'];
    const known = key === undefined ? undefined : first.get(key);
    if (known !== undefined && kit.now() - known.at < IDEMPOTENCY_MS) {
      if (!isDeepStrictEqual(known.body, request.body)) return idempotencyConflict();
      return { ...known.response, headers: { 'x-idempotency-lookup': 'hit' } };
    }
    const response = create(state, kit, request);
    if (key === undefined) return response;
    if (response.status === 201) first.set(key, { body: request.body, response, at: kit.now() });
    return { ...response, headers: { 'x-idempotency-lookup': 'miss' } };
  };
}

function create(state: State, kit: EmulatorKit, request: EmulatorRequest): EmulatorResponse {
  const input = readBody(request, 'ticket');
  const ticket = openTicket(state, input);
  if (Array.isArray(ticket)) return recordInvalid(ticket);
  kit.recordWrite({ operation: 'createTicket', id: String(ticket.id), data: input });
  return { status: 201, json: { ticket: showTicket(ticket), audit: auditOf(state, ticket) } };
}

function createUpdate(state: State, { now, rateFactor, recordWrite }: EmulatorKit): Route['handle'] {
  const window = createRateWindow({ limit: UPDATES_A_MINUTE * rateFactor, windowMs: 60_000, now });
  return (request) => {
    const ticket = findTicket(state, request);
    if (ticket === undefined) return recordNotFound();
    const { allowed, resetMs } = window.take('account');
    if (!allowed) return tooManyUpdates(Math.ceil(resetMs / 1_000));
    const input = readBody(request, 'ticket');
    // Whatever its value: Zendesk only asks whether it is there.
    if ('safe_update' in input && Date.parse(String(input['updated_stamp'])) < Date.parse(ticket.updated_at)) {
      return updateConflict();
    }
    const violations = changeTicket(state, ticket, input);
    if (violations.length > 0) return recordInvalid(violations);
    recordWrite({ operation: 'updateTicket', id: String(ticket.id), data: input });
    return { status: 200, json: { ticket: showTicket(ticket), audit: auditOf(state, ticket) } };
  };
}

function auditOf(state: State, ticket: TicketRow) {
  return {
    id: state.nextId.audit(),
    ticket_id: ticket.id,
    created_at: ticket.updated_at,
    author_id: state.me.id,
    metadata: { system: {}, custom: {} },
    events: [],
    via: ticket.via,
  };
}
