/** `GET /api/v2/search` and `/api/v2/users/search`. */
import type { EmulatorKit, EmulatorRequest, EmulatorResponse, Route } from '../../src/sandbox/emulator.ts';
import { searchInvalid } from './sandbox-errors.ts';
import { showOrganization, showTicket, showUser } from './sandbox-objects.ts';
import { answerPages } from './sandbox-paging.ts';
import {
  comparesRank,
  comparesTime,
  containsWords,
  equalsText,
  fits,
  type Matcher,
  parseQuery,
  type Searchable,
  type Term,
} from './sandbox-query.ts';
import {
  type OrganizationRow,
  type State,
  TICKET_PRIORITIES,
  TICKET_STATUSES,
  TICKET_TYPES,
  type TicketRow,
  type UserRow,
} from './sandbox-state.ts';

export function searchRoutes(state: State, { now }: EmulatorKit): Route[] {
  const searchables = createSearchables(state, now);
  return [
    {
      method: 'GET',
      path: '/api/v2/search',
      operation: 'search',
      handle: (request) => search(request, state, searchables),
    },
    {
      method: 'GET',
      path: '/api/v2/users/search',
      operation: 'searchUsers',
      handle: (request) => searchUsers(request, state, searchables.user),
    },
  ];
}

interface Searchables {
  ticket: Searchable<TicketRow>;
  user: Searchable<UserRow>;
  organization: Searchable<OrganizationRow>;
}

/** What all kinds have in common, and a row's object as it is sent. */
interface Hit {
  created_at: string;
  updated_at: string;
  status?: string;
  priority?: string | null;
  type?: string | null;
  show(): object;
}

function search(request: EmulatorRequest, state: State, searchables: Searchables): EmulatorResponse {
  const text = request.query.get('query')?.trim() ?? '';
  if (text === '') return searchInvalid('query is missing');
  const { terms, orderBy, sort } = parseQuery(text);
  const sortBy = request.query.get('sort_by') ?? orderBy ?? 'created_at';
  if (!Object.hasOwn(ORDERS, sortBy)) return searchInvalid(`sort_by is not valid: ${sortBy}`);
  const rank = ORDERS[sortBy] ?? ORDERS['created_at'];
  const direction = (request.query.get('sort_order') ?? sort) === 'asc' ? 1 : -1;
  const hits = findHits(state, terms, searchables);
  if (rank !== undefined) hits.sort((one, other) => direction * compareValues(rank(one), rank(other)));
  return answerPages(request, 'results', hits, (hit) => hit.show(), { facets: null });
}

function findHits(state: State, terms: readonly Term[], searchables: Searchables): Hit[] {
  const kinds = terms.filter(({ property, negated }) => property === 'type' && !negated).map(({ value }) => value);
  const others = terms.filter(({ property }) => property !== 'type');
  const wants = (kind: string) => kinds.length === 0 || kinds.includes(kind);
  const find = <Row extends Omit<Hit, 'show'>>(
    kind: string,
    rows: Map<number, Row>,
    searchable: Searchable<Row>,
    show: (row: Row) => object,
  ): Hit[] => {
    if (!wants(kind)) return [];
    const found = [...rows.values()].filter((row) => fits(row, others, searchable));
    return found.map((row) => ({ ...row, show: () => ({ ...show(row), result_type: kind }) }));
  };
  return [
    ...find('ticket', state.tickets, searchables.ticket, showTicket),
    ...find('user', state.users, searchables.user, showUser),
    ...find('organization', state.organizations, searchables.organization, showOrganization),
  ];
}

const ORDERS: Record<string, (hit: Hit) => string | number> = {
  created_at: (hit) => hit.created_at,
  updated_at: (hit) => hit.updated_at,
  priority: (hit) => rankIn(TICKET_PRIORITIES, hit.priority),
  status: (hit) => rankIn(TICKET_STATUSES, hit.status),
  ticket_type: (hit) => rankIn(TICKET_TYPES, hit.type),
};

/** -1 for what has no rank: other kinds, or a ticket without one. */
function rankIn(order: readonly unknown[], value: unknown): number {
  return order.indexOf(value);
}

function compareValues(one: string | number, other: string | number): number {
  if (one < other) return -1;
  return one > other ? 1 : 0;
}

function searchUsers(request: EmulatorRequest, state: State, searchable: Searchable<UserRow>): EmulatorResponse {
  const externalId = request.query.get('external_id');
  const { terms } = parseQuery(request.query.get('query') ?? '');
  const users = [...state.users.values()].filter((user) =>
    externalId === null ? fits(user, terms, searchable) : equalsText(user.external_id, externalId.toLowerCase()),
  );
  return answerPages(request, 'users', users, showUser);
}

function createSearchables(state: State, now: () => number): Searchables {
  const isUser = (id: number | null, value: string): boolean => {
    if (id === null || value === 'none') return id === null && value === 'none';
    if (value === 'me') return id === state.me.id;
    if (/^\d+$/.test(value)) return id === Number(value);
    const user = state.users.get(id);
    if (user === undefined) return false;
    return value.includes('@') ? equalsText(user.email, value) : containsWords(user.name, value);
  };
  const isOrganization = (id: number | null, value: string): boolean => {
    if (id === null || value === 'none') return id === null && value === 'none';
    if (/^\d+$/.test(value)) return id === Number(value);
    return equalsText(state.organizations.get(id)?.name ?? null, value);
  };
  const times: Record<'created' | 'updated', Matcher<Hit | TicketRow | UserRow | OrganizationRow>> = {
    created: (row, value, operator) => comparesTime(row.created_at, value, operator, now()),
    updated: (row, value, operator) => comparesTime(row.updated_at, value, operator, now()),
  };
  const tagged: Matcher<{ tags: string[] }> = (row, value) =>
    value === 'none' ? row.tags.length === 0 : row.tags.some((tag) => equalsText(tag, value));
  return {
    ticket: {
      words: (row) => [row.id, row.subject, row.description, ...row.tags].join(' '),
      properties: {
        ...times,
        tags: tagged,
        requester: (row, value) => isUser(row.requester_id, value),
        requester_id: (row, value) => isUser(row.requester_id, value),
        submitter: (row, value) => isUser(row.submitter_id, value),
        assignee: (row, value) => isUser(row.assignee_id, value),
        assignee_id: (row, value) => isUser(row.assignee_id, value),
        organization: (row, value) => isOrganization(row.organization_id, value),
        organization_id: (row, value) => isOrganization(row.organization_id, value),
        status: (row, value, operator) => comparesRank(TICKET_STATUSES, row.status, value, operator),
        priority: (row, value, operator) => comparesRank(TICKET_PRIORITIES, row.priority, value, operator),
        ticket_type: (row, value) => equalsText(row.type, value),
        subject: (row, value) => containsWords(row.subject ?? '', value),
        description: (row, value) => containsWords(row.description, value),
        comment: (row, value) => row.comments.some(({ body }) => containsWords(body, value)),
        external_id: (row, value) => equalsText(row.external_id, value),
        via: (row, value) => equalsText(row.via.channel, value),
      },
    },
    user: {
      words: (row) => [row.name, row.email, row.phone].join(' '),
      properties: {
        ...times,
        tags: tagged,
        email: (row, value) => equalsText(row.email, value),
        name: (row, value) => containsWords(row.name, value),
        role: (row, value) => equalsText(row.role, value),
        phone: (row, value) => equalsText(row.phone, value),
        organization: (row, value) => isOrganization(row.organization_id, value),
        organization_id: (row, value) => isOrganization(row.organization_id, value),
        external_id: (row, value) => equalsText(row.external_id, value),
        details: (row, value) => containsWords(row.details ?? '', value),
        notes: (row, value) => containsWords(row.notes ?? '', value),
      },
    },
    organization: {
      words: (row) => [row.name, ...row.domain_names, row.details].join(' '),
      properties: {
        ...times,
        tags: tagged,
        name: (row, value) => containsWords(row.name, value),
        domain_names: (row, value) => row.domain_names.some((domain) => equalsText(domain, value)),
        external_id: (row, value) => equalsText(row.external_id, value),
        details: (row, value) => containsWords(row.details ?? '', value),
        notes: (row, value) => containsWords(row.notes ?? '', value),
      },
    },
  };
}
