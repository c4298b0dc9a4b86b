/** Resend's tables in memory: what the world becomes in e-mails, contacts and domains. */
import type { EmulatorKit } from '../../src/sandbox/emulator.ts';
import type { World, WorldEmail, WorldEmailDomain, WorldPerson } from '../../src/sandbox/world.ts';

export type EmailStatus =
  | 'bounced'
  | 'canceled'
  | 'clicked'
  | 'complained'
  | 'delivered'
  | 'delivery_delayed'
  | 'failed'
  | 'opened'
  | 'queued'
  | 'scheduled'
  | 'sent'
  | 'suppressed';

export interface EmailRow {
  id: string;
  to: string[];
  from: string;
  created_at: string;
  subject: string;
  html: string | null;
  text: string | null;
  bcc: string[] | null;
  cc: string[] | null;
  reply_to: string[] | null;
  last_event: EmailStatus;
  /** ISO instant. */
  scheduled_at: string | null;
  tags: { name: string; value: string }[];
}

export interface ContactRow {
  id: string;
  email: string;
  first_name: string | null;
  last_name: string | null;
  created_at: string;
  updated_at: string;
  unsubscribed: boolean;
  properties: Record<string, string | number | null>;
  segments: string[];
}

export interface DomainRow {
  id: string;
  name: string;
  status: 'pending' | 'verified' | 'failed';
  created_at: string;
  region: string;
  open_tracking: boolean;
  click_tracking: boolean;
}

/** All times are ISO instants here; the API shows them in a form of its own. New rows are appended: lists read backwards. */
export interface State {
  emails: Table<EmailRow>;
  contacts: Table<ContactRow>;
  domains: Table<DomainRow>;
  newId(): string;
  /** ISO instant. */
  time(): string;
}

/** Rows by id, oldest first. */
export type Table<Row> = Map<string, Row>;

export function createState({ world, now, random }: EmulatorKit): State {
  return {
    emails: byAge(world.emails.map((email) => emailOf(world, email))),
    contacts: byAge(world.people.flatMap((person) => contactOf(world, person) ?? [])),
    domains: byAge(world.emailDomains.map(domainOf)),
    newId: () => uuid(random),
    time: () => new Date(now()).toISOString(),
  };
}

export function findContact(state: State, idOrEmail: string): ContactRow | undefined {
  const wanted = idOrEmail.toLowerCase();
  if (!wanted.includes('@')) return state.contacts.get(wanted);
  return state.contacts.values().find(({ email }) => email.toLowerCase() === wanted);
}

/** Random, but the same in every run. */
export function uuid(random: () => number): string {
  const hex = Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}

function byAge<Row extends { id: string; created_at: string }>(rows: readonly Row[]): Table<Row> {
  const sorted = rows.toSorted((one, other) => (one.created_at < other.created_at ? -1 : 1));
  return new Map(sorted.map((row) => [row.id, row]));
}

function emailOf(world: World, email: WorldEmail): EmailRow {
  return {
    id: email.id,
    to: email.toIndexes.flatMap((index) => addressOf(world.people[index]) ?? []),
    from: email.from,
    created_at: email.createdAt,
    subject: email.subject,
    html: email.html,
    text: email.text,
    bcc: null,
    cc: null,
    reply_to: null,
    last_event: email.lastEvent,
    scheduled_at: email.scheduledAt,
    tags: [],
  };
}

function addressOf(person: WorldPerson | undefined): string | undefined {
  return person?.spelling.resend ?? person?.email;
}

function contactOf(world: World, person: WorldPerson): ContactRow | undefined {
  const id = person.ids.resend;
  if (id === undefined) return undefined;
  const company = person.companyIndex === null ? undefined : world.companies[person.companyIndex];
  return {
    id,
    email: person.spelling.resend ?? person.email,
    // A contact who only signed up for the newsletter left no more than an address.
    first_name: person.lifecycleStage === 'subscriber' ? null : person.firstName,
    last_name: person.lifecycleStage === 'subscriber' ? null : person.lastName,
    created_at: person.createdAt,
    updated_at: person.updatedAt,
    unsubscribed: person.index % 17 === 16,
    properties: company === undefined ? {} : { company_name: company.name },
    segments: [],
  };
}

function domainOf({ id, name, status, createdAt, region }: WorldEmailDomain): DomainRow {
  return { id, name, status, created_at: createdAt, region, open_tracking: true, click_tracking: true };
}
