/** Zendesk's tables in memory: what the world becomes in tickets, users, organizations and comments. */
import type { EmulatorKit } from '../../src/sandbox/emulator.ts';
import type { World, WorldComment, WorldCompany, WorldPerson, WorldTicket } from '../../src/sandbox/world.ts';

export const TICKET_STATUSES = ['new', 'open', 'pending', 'hold', 'solved', 'closed'] as const;
export const TICKET_PRIORITIES = ['low', 'normal', 'high', 'urgent'] as const;
export const TICKET_TYPES = ['problem', 'incident', 'question', 'task'] as const;
export const USER_ROLES = ['end-user', 'agent', 'admin'] as const;

export type TicketStatus = (typeof TICKET_STATUSES)[number];
export type TicketPriority = (typeof TICKET_PRIORITIES)[number];
export type TicketType = (typeof TICKET_TYPES)[number];
export type UserRole = (typeof USER_ROLES)[number];

export interface Via {
  channel: string;
  source: { from: Record<string, unknown>; to: Record<string, unknown>; rel: string | null };
}

export interface CustomField {
  id: number;
  value: unknown;
}

export interface TicketRow {
  id: number;
  external_id: string | null;
  via: Via;
  created_at: string;
  updated_at: string;
  type: TicketType | null;
  subject: string | null;
  description: string;
  priority: TicketPriority | null;
  status: TicketStatus;
  recipient: string | null;
  requester_id: number;
  submitter_id: number;
  assignee_id: number | null;
  organization_id: number | null;
  group_id: number | null;
  problem_id: number | null;
  due_at: string | null;
  tags: string[];
  custom_fields: CustomField[];
  comments: CommentRow[];
}

export interface CommentRow {
  id: number;
  author_id: number;
  body: string;
  public: boolean;
  channel: string;
  created_at: string;
}

export interface UserRow {
  id: number;
  name: string;
  email: string | null;
  created_at: string;
  updated_at: string;
  phone: string | null;
  organization_id: number | null;
  role: UserRole;
  verified: boolean;
  external_id: string | null;
  tags: string[];
  alias: string | null;
  details: string | null;
  notes: string | null;
  suspended: boolean;
  time_zone: string;
  locale: string;
  user_fields: Record<string, unknown>;
}

export interface OrganizationRow {
  id: number;
  name: string;
  created_at: string;
  updated_at: string;
  domain_names: string[];
  external_id: string | null;
  details: string | null;
  notes: string | null;
  group_id: number | null;
  shared_tickets: boolean;
  shared_comments: boolean;
  tags: string[];
  organization_fields: Record<string, unknown>;
}

export interface State {
  /** By id, in the order of ids: new rows have the highest. */
  tickets: Map<number, TicketRow>;
  users: Map<number, UserRow>;
  organizations: Map<number, OrganizationRow>;
  /** The agent whose token the client uses. */
  me: UserRow;
  /** Fresh ids, each higher than any before. */
  nextId: Record<'ticket' | 'user' | 'organization' | 'comment' | 'audit', () => number>;
  /** Whole seconds, as Zendesk writes times. */
  time(): string;
}

/** The one team of agents. */
export const GROUP_ID = 360000000007;
const CHANNELS = ['email', 'web', 'api'] as const;

export function createState({ world, now }: EmulatorKit): State {
  const organizations = byId(world.companies.flatMap((company) => organizationOf(company) ?? []));
  const users = byId([...endUsersOf(world), ...agentsOf(world)]);
  const tickets = byId(world.tickets.flatMap((ticket) => ticketOf(world, ticket) ?? []));
  const me = [...users.values()].find(({ role }) => role === 'admin');
  if (me === undefined) throw new Error('The world has no owner who could be the agent behind the API token.');
  const comments = Math.max(0, ...world.tickets.flatMap((ticket) => ticket.comments.map(({ id }) => id)));
  return {
    tickets,
    users,
    organizations,
    me,
    nextId: {
      ticket: countFrom(Math.max(0, ...tickets.keys())),
      user: countFrom(Math.max(0, ...users.keys())),
      organization: countFrom(Math.max(0, ...organizations.keys())),
      comment: countFrom(comments),
      audit: countFrom(comments + 1_000_000),
    },
    time: () => seconds(new Date(now()).toISOString()),
  };
}

/** ISO instant without fractions. */
export function seconds(instant: string): string {
  return instant.replace(/\.\d+Z$/, 'Z');
}

function byId<Row extends { id: number }>(rows: readonly Row[]): Map<number, Row> {
  return new Map(rows.toSorted((one, other) => one.id - other.id).map((row) => [row.id, row]));
}

function countFrom(last: number): () => number {
  let id = last;
  return () => {
    id += 1;
    return id;
  };
}

function organizationOf(company: WorldCompany): OrganizationRow | undefined {
  const id = company.ids.zendesk;
  if (id === undefined) return undefined;
  return {
    id,
    name: company.name,
    created_at: seconds(company.createdAt),
    updated_at: seconds(company.updatedAt),
    domain_names: company.spelling?.zendesk ?? [company.domain],
    external_id: externalIdOf(company),
    details: company.city,
    notes: null,
    group_id: null,
    shared_tickets: false,
    shared_comments: false,
    tags: company.industry === null ? [] : [company.industry.toLowerCase().replace(/\W+/g, '_')],
    organization_fields: {},
  };
}

/** Owners are users too, but as agents: they are left out here even where the world gives the person an id of its own. */
function endUsersOf(world: World): UserRow[] {
  const staff = new Set(world.owners.map(({ personIndex }) => personIndex));
  return world.people.flatMap((person) =>
    person.ids.zendesk === undefined || staff.has(person.index)
      ? []
      : [userOf(world, person, person.ids.zendesk, 'end-user')],
  );
}

function agentsOf(world: World): UserRow[] {
  return world.owners.flatMap((owner, position) => {
    const person = world.people[owner.personIndex];
    return person === undefined ? [] : [userOf(world, person, owner.zendeskId, position === 0 ? 'admin' : 'agent')];
  });
}

function userOf(world: World, person: WorldPerson, id: number, role: UserRole): UserRow {
  const company = person.companyIndex === null ? undefined : world.companies[person.companyIndex];
  return {
    id,
    name: `${person.firstName} ${person.lastName}`,
    email: person.spelling.zendesk ?? person.email,
    created_at: seconds(person.createdAt),
    updated_at: seconds(person.updatedAt),
    phone: person.phone,
    organization_id: company?.ids.zendesk ?? null,
    role,
    verified: true,
    external_id: externalIdOf(person),
    tags: person.lifecycleStage === null ? [] : [person.lifecycleStage],
    alias: null,
    details: null,
    notes: null,
    suspended: false,
    time_zone: 'London',
    locale: 'en-US',
    user_fields: {},
  };
}

function externalIdOf({ ids, externalIds }: WorldCompany | WorldPerson): string | null {
  return externalIds?.zendesk === undefined ? (ids.hubspot ?? null) : externalIds.zendesk;
}

function ticketOf(world: World, ticket: WorldTicket): TicketRow | undefined {
  const requester = zendeskIdOf(world, ticket.requesterIndex);
  if (requester === undefined) return undefined;
  const company = ticket.companyIndex === null ? undefined : world.companies[ticket.companyIndex];
  const channel = CHANNELS[ticket.id % CHANNELS.length] ?? 'web';
  return {
    id: ticket.id,
    external_id: null,
    via: viaOf(channel),
    created_at: seconds(ticket.createdAt),
    updated_at: seconds(ticket.updatedAt),
    type: ticket.type,
    subject: ticket.subject,
    description: ticket.description,
    priority: ticket.priority,
    status: ticket.status,
    recipient: channel === 'email' ? 'support@yourcompany.zendesk.com' : null,
    requester_id: requester,
    submitter_id: requester,
    assignee_id: (ticket.assigneeIndex === null ? undefined : world.owners[ticket.assigneeIndex]?.zendeskId) ?? null,
    organization_id: company?.ids.zendesk ?? null,
    group_id: ticket.assigneeIndex === null ? null : GROUP_ID,
    problem_id: null,
    due_at: null,
    tags: [...ticket.tags],
    custom_fields: [],
    comments: ticket.comments.map((comment) => commentOf(world, comment, channel, requester)),
  };
}

function commentOf(world: World, comment: WorldComment, channel: string, requester: number): CommentRow {
  const { author } = comment;
  const author_id =
    'ownerIndex' in author ? world.owners[author.ownerIndex]?.zendeskId : zendeskIdOf(world, author.personIndex);
  return {
    id: comment.id,
    author_id: author_id ?? requester,
    body: comment.body,
    public: comment.public,
    channel,
    created_at: seconds(comment.createdAt),
  };
}

/** An owner's user is the agent, whoever asks. */
function zendeskIdOf(world: World, personIndex: number): number | undefined {
  const owner = world.owners.find((one) => one.personIndex === personIndex);
  return owner?.zendeskId ?? world.people[personIndex]?.ids.zendesk;
}

export function viaOf(channel: string): Via {
  return { channel, source: { from: {}, to: {}, rel: null } };
}
