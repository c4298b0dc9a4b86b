/** Opens, changes and answers tickets, under Zendesk's rules. Shared by the API's writes and by webhooks' changes. */
import type { Violation } from './sandbox-errors.ts';
import {
  asCustomFields,
  asId,
  asInput,
  asText,
  asTexts,
  blank,
  type Input,
  invalid,
  readMember,
} from './sandbox-input.ts';
import {
  type CommentRow,
  GROUP_ID,
  type State,
  TICKET_PRIORITIES,
  TICKET_STATUSES,
  TICKET_TYPES,
  type TicketRow,
  type UserRow,
  viaOf,
} from './sandbox-state.ts';
import { addUser, findUserByEmail } from './sandbox-user-changes.ts';

/** The new ticket, already in the state; or what is wrong with the input, and the state is as it was. */
export function openTicket(state: State, input: Input): TicketRow | Violation[] {
  const violations: Violation[] = [];
  const properties = readProperties(state, input, violations);
  const body = readCommentBody(input) ?? asText(input['description']);
  if (body === undefined) violations.push({ ...blank('description'), property: 'base' });
  const submitter = asId(input['submitter_id']);
  if (submitter !== undefined && !state.users.has(submitter)) violations.push(invalid('submitter_id'));
  if (body === undefined || violations.length > 0) return violations;

  const requester =
    readNewRequester(state, input, violations) ?? state.users.get(properties.requester_id ?? state.me.id);
  if (requester === undefined || violations.length > 0) return violations;
  const time = state.time();
  const ticket: TicketRow = {
    id: state.nextId.ticket(),
    external_id: null,
    via: viaOf('api'),
    created_at: time,
    updated_at: time,
    type: null,
    subject: null,
    description: body,
    priority: null,
    status: properties.assignee_id == null ? 'new' : 'open',
    recipient: null,
    submitter_id: submitter ?? state.me.id,
    assignee_id: null,
    organization_id: requester.organization_id,
    group_id: properties.assignee_id == null ? null : GROUP_ID,
    problem_id: null,
    due_at: null,
    tags: [],
    custom_fields: [],
    comments: [],
    ...properties,
    requester_id: requester.id,
  };
  addComment(state, ticket, { ...asInput(input['comment']), body }, submitter ?? requester.id);
  state.tickets.set(ticket.id, ticket);
  return ticket;
}

/** The violations; when there are any, the ticket is as it was. */
export function changeTicket(state: State, ticket: TicketRow, input: Input): Violation[] {
  if (ticket.status === 'closed') {
    return [{ property: 'status', description: 'Status: closed prevents ticket update', error: 'RecordInvalid' }];
  }
  const violations: Violation[] = [];
  const properties = readProperties(state, input, violations);
  if (violations.length > 0) return violations;
  Object.assign(ticket, properties);
  if (ticket.assignee_id !== null) {
    ticket.group_id ??= GROUP_ID;
    if (ticket.status === 'new') ticket.status = 'open';
  }
  if (readCommentBody(input) !== undefined) addComment(state, ticket, asInput(input['comment']) ?? {}, state.me.id);
  ticket.updated_at = state.time();
  return [];
}

type Properties = Partial<Omit<TicketRow, 'id' | 'comments' | 'created_at' | 'updated_at' | 'description' | 'via'>>;

function readProperties(state: State, input: Input, violations: Violation[]): Properties {
  const status = readMember(input, 'status', TICKET_STATUSES, violations);
  const type = readMember(input, 'type', TICKET_TYPES, violations);
  const priority = readMember(input, 'priority', TICKET_PRIORITIES, violations);
  const properties: Properties = {
    ...(status !== undefined && { status }),
    ...('type' in input && { type: type ?? null }),
    ...('priority' in input && { priority: priority ?? null }),
    ...('subject' in input && { subject: asText(input['subject']) ?? null }),
    ...('external_id' in input && { external_id: asText(input['external_id']) ?? null }),
    ...('due_at' in input && { due_at: asText(input['due_at']) ?? null }),
    ...('tags' in input && { tags: asTexts(input['tags']).map((tag) => tag.toLowerCase()) }),
    ...('custom_fields' in input && { custom_fields: asCustomFields(input['custom_fields']) }),
  };
  const { users, organizations, tickets } = state;
  const requester_id = readReference(input, 'requester_id', users, violations);
  if (requester_id != null) properties.requester_id = requester_id;
  const organization_id = readReference(input, 'organization_id', organizations, violations);
  if (organization_id !== undefined) properties.organization_id = organization_id;
  const problem_id = readReference(input, 'problem_id', tickets, violations);
  if (problem_id !== undefined) properties.problem_id = problem_id;
  const assignee_id = readAssignee(state, input, violations);
  if (assignee_id !== undefined) properties.assignee_id = assignee_id;
  if ('group_id' in input) properties.group_id = asId(input['group_id']) ?? null;
  return properties;
}

/** Undefined when absent, null when taken away, a violation when there is no such row. */
function readReference(
  input: Input,
  property: string,
  rows: ReadonlyMap<number, unknown>,
  violations: Violation[],
): number | null | undefined {
  const value = input[property];
  if (value === undefined || value === null) return value;
  const id = asId(value);
  if (id !== undefined && rows.has(id)) return id;
  violations.push(invalid(property));
  return undefined;
}

function readAssignee(state: State, input: Input, violations: Violation[]): number | null | undefined {
  const email = asText(input['assignee_email']);
  const id =
    email === undefined
      ? readReference(input, 'assignee_id', state.users, violations)
      : findUserByEmail(state, email)?.id;
  if (id === null || (id === undefined && email === undefined)) return id;
  const agent = id === undefined ? undefined : state.users.get(id);
  if (agent !== undefined && agent.role !== 'end-user') return agent.id;
  violations.push(invalid(email === undefined ? 'assignee_id' : 'assignee_email'));
  return undefined;
}

/** `requester: {name, email}`: found by address, or added. */
function readNewRequester(state: State, input: Input, violations: Violation[]): UserRow | undefined {
  const requester = asInput(input['requester']);
  if (requester === undefined) return undefined;
  const email = asText(requester['email']);
  const known = email === undefined ? undefined : findUserByEmail(state, email);
  if (known !== undefined) return known;
  const added = addUser(state, { name: email?.split('@')[0], ...requester });
  if (!Array.isArray(added)) return added;
  violations.push({ ...invalid('requester'), description: `Requester: ${added[0]?.description ?? 'is invalid'}` });
  return undefined;
}

function readCommentBody(input: Input): string | undefined {
  const comment = asInput(input['comment']);
  return asText(comment?.['body']) ?? asText(comment?.['html_body'])?.replace(/<[^>]*>/g, '');
}

/** In the name of `author_id` when the comment has one. */
export function addComment(state: State, ticket: TicketRow, comment: Input, author: number): CommentRow {
  const row: CommentRow = {
    id: state.nextId.comment(),
    author_id: asId(comment['author_id']) ?? author,
    body: readCommentBody({ comment }) ?? '',
    public: comment['public'] !== false,
    channel: 'api',
    created_at: state.time(),
  };
  ticket.comments.push(row);
  return row;
}
