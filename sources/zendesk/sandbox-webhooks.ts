/** Zendesk's event webhooks: a real change of the state, told and signed as Zendesk does. */
import { createHmac } from 'node:crypto';
import type { EmulatorKit, WebhookDelivery } from '../../src/sandbox/emulator.ts';
import { addOrganization } from './sandbox-organization-changes.ts';
import type { OrganizationRow, State, TicketPriority, TicketRow, TicketStatus, UserRow } from './sandbox-state.ts';
import { addComment, openTicket } from './sandbox-ticket-changes.ts';
import { addUser } from './sandbox-user-changes.ts';

export const WEBHOOK_SECRET = 'cGFwZXItbW9vbi1zYW5kYm94LXplbmRlc2s=';
export const ACCOUNT_ID = 22129848;

/** What happened, before it is wrapped. */
interface Change {
  subject: string;
  detail: Record<string, unknown>;
  event: Record<string, unknown>;
}

const CHANGES = {
  'zen:event-type:ticket.created': (state, random) => {
    const ticket = newTicket(state, random);
    return { ...ticketChange(state, ticket), event: {} };
  },
  'zen:event-type:ticket.status_changed': (state, random) => {
    const ticket = openTicketOf(state, random);
    const previous = ticket.status;
    ticket.status = NEXT_STATUS[previous];
    return { ...ticketChange(state, ticket), event: told(previous, ticket.status) };
  },
  'zen:event-type:ticket.priority_changed': (state, random) => {
    const ticket = openTicketOf(state, random);
    const previous = ticket.priority;
    ticket.priority = NEXT_PRIORITY[previous ?? 'low'];
    return { ...ticketChange(state, ticket), event: told(previous, ticket.priority) };
  },
  'zen:event-type:ticket.comment_added': (state, random) => {
    const ticket = openTicketOf(state, random);
    const author = state.users.get(ticket.requester_id) ?? state.me;
    const comment = addComment(state, ticket, { body: 'Any news? It happened again this morning.' }, author.id);
    const told = {
      id: String(comment.id),
      body: comment.body,
      is_public: comment.public,
      author: { id: String(author.id), is_staff: author.role !== 'end-user', name: author.name },
    };
    return { ...ticketChange(state, ticket), event: { comment: told } };
  },
  'zen:event-type:ticket.agent_assignment_changed': (state, random) => {
    const ticket = openTicketOf(state, random);
    const previous = ticket.assignee_id;
    const agents = [...state.users.values()].filter(({ id, role }) => role !== 'end-user' && id !== previous);
    ticket.assignee_id = pick(agents, random)?.id ?? state.me.id;
    if (ticket.status === 'new') ticket.status = 'open';
    const event = { current: String(ticket.assignee_id), previous: previous === null ? null : String(previous) };
    return { ...ticketChange(state, ticket), event };
  },
  'zen:event-type:user.created': (state, random) => {
    const user = made(addUser(state, { name: 'Robin Ferris', email: `robin.ferris.${digits(random)}@example.com` }));
    return { subject: `zen:user:${user.id}`, detail: userDetail(user), event: {} };
  },
  'zen:event-type:organization.created': (state, random) => {
    const number = digits(random);
    const organization = made(
      addOrganization(state, { name: `Harbour Works ${number}`, domain_names: [`harbour-${number}.example.com`] }),
    );
    return { subject: `zen:organization:${organization.id}`, detail: organizationDetail(organization), event: {} };
  },
} satisfies Record<string, (state: State, random: () => number) => Change>;

type EventType = keyof typeof CHANGES;

export const EVENT_TYPES: readonly string[] = Object.keys(CHANGES);

const NEXT_STATUS: Record<TicketStatus, TicketStatus> = {
  new: 'open',
  open: 'pending',
  pending: 'solved',
  hold: 'open',
  solved: 'open',
  closed: 'closed',
};

const NEXT_PRIORITY: Record<TicketPriority, TicketPriority> = {
  low: 'normal',
  normal: 'high',
  high: 'urgent',
  urgent: 'low',
};

export function emitEvent(state: State, { now, random }: EmulatorKit, type: string): WebhookDelivery {
  if (!isEventType(type)) throw new TypeError(`Zendesk sends no ${type}.`);
  const { subject, detail, event } = CHANGES[type](state, random);
  const time = new Date(now()).toISOString();
  const body = JSON.stringify({
    account_id: ACCOUNT_ID,
    detail,
    event,
    id: uuid(random),
    subject,
    time,
    type,
    zendesk_event_version: '2022-11-06',
  });
  return { type, body, headers: signatureHeaders(body, time, random) };
}

function signatureHeaders(body: string, time: string, random: () => number): Record<string, string> {
  const timestamp = time.replace(/\.\d+Z$/, 'Z');
  return {
    'content-type': 'application/json; charset=utf-8',
    'user-agent': 'Zendesk Webhook',
    'x-zendesk-account-id': String(ACCOUNT_ID),
    'x-zendesk-webhook-id': '01JC3Z0Q4VQ8ZB5T6S1M9E7XKD',
    'x-zendesk-webhook-invocation-id': uuid(random),
    'x-zendesk-webhook-signature': sign(WEBHOOK_SECRET, timestamp, body),
    'x-zendesk-webhook-signature-timestamp': timestamp,
  };
}

/** Base64 of the HMAC-SHA256 over timestamp and body, nothing between them. The secret is used as it stands. */
export function sign(secret: string, timestamp: string, body: string): string {
  return createHmac('sha256', secret).update(`${timestamp}${body}`).digest('base64');
}

function isEventType(type: string): type is EventType {
  return Object.hasOwn(CHANGES, type);
}

/** In `detail` every number is text and every enum is in capitals. */
function ticketChange(state: State, ticket: TicketRow): Omit<Change, 'event'> {
  ticket.updated_at = state.time();
  const detail = {
    actor_id: String(state.me.id),
    assignee_id: textOf(ticket.assignee_id),
    brand_id: '360000000001',
    created_at: ticket.created_at,
    description: ticket.description,
    external_id: ticket.external_id,
    form_id: '360000000002',
    group_id: textOf(ticket.group_id),
    id: String(ticket.id),
    is_public: true,
    organization_id: textOf(ticket.organization_id),
    priority: ticket.priority?.toUpperCase() ?? null,
    requester_id: String(ticket.requester_id),
    status: ticket.status.toUpperCase(),
    subject: ticket.subject,
    submitter_id: String(ticket.submitter_id),
    tags: ticket.tags,
    type: ticket.type?.toUpperCase() ?? null,
    updated_at: ticket.updated_at,
    via: { channel: ticket.via.channel },
  };
  return { subject: `zen:ticket:${ticket.id}`, detail };
}

function userDetail(user: UserRow): Record<string, unknown> {
  return {
    created_at: user.created_at,
    default_group_id: null,
    email: user.email,
    external_id: user.external_id,
    id: String(user.id),
    organization_id: textOf(user.organization_id),
    role: user.role,
    updated_at: user.updated_at,
  };
}

function organizationDetail(organization: OrganizationRow): Record<string, unknown> {
  return {
    created_at: organization.created_at,
    external_id: organization.external_id,
    group_id: textOf(organization.group_id),
    id: String(organization.id),
    name: organization.name,
    shared_comments: organization.shared_comments,
    shared_tickets: organization.shared_tickets,
    updated_at: organization.updated_at,
  };
}

function told(previous: string | null, current: string | null) {
  return { current: current?.toUpperCase() ?? null, previous: previous?.toUpperCase() ?? null };
}

function newTicket(state: State, random: () => number): TicketRow {
  const requesters = [...state.users.values()].filter(({ role }) => role === 'end-user');
  const requester_id = pick(requesters, random)?.id;
  const comment = { body: 'Since the last update the export stops half-way. Can you have a look?' };
  return made(
    openTicket(state, { subject: 'Export stops half-way', requester_id, priority: 'normal', type: 'problem', comment }),
  );
}

/** One that may still change; a fresh one when every ticket is closed. */
function openTicketOf(state: State, random: () => number): TicketRow {
  const open = [...state.tickets.values()].filter(({ status }) => status !== 'closed');
  return pick(open, random) ?? newTicket(state, random);
}

function made<Result extends object>(result: Result): Exclude<Result, readonly unknown[]> {
  if (Array.isArray(result)) throw new Error(`The emulator's own input was refused: ${JSON.stringify(result)}`);
  return result as Exclude<Result, readonly unknown[]>; // arrays were thrown
}

function pick<Row>(rows: readonly Row[], random: () => number): Row | undefined {
  return rows[Math.floor(random() * rows.length)];
}

function textOf(id: number | null): string | null {
  return id === null ? null : String(id);
}

function digits(random: () => number): string {
  return String(Math.floor(random() * 1e9)).padStart(9, '0');
}

function uuid(random: () => number): string {
  const hex = Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}
