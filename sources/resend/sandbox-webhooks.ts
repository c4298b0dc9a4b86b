/** Resend's webhooks: a real change of the state, told as Resend does and signed as Svix does. */
import { createHmac } from 'node:crypto';
import type { EmulatorKit, WebhookDelivery } from '../../src/sandbox/emulator.ts';
import { newContact } from './sandbox-contacts.ts';
import { recordsOf } from './sandbox-objects.ts';
import { type ContactRow, type DomainRow, type EmailRow, type EmailStatus, type State, uuid } from './sandbox-state.ts';

export const WEBHOOK_SECRET = 'whsec_cGFwZXItbW9vbi1zYW5kYm94LXJlc2VuZC0yMDI2';

type Change = (state: State, random: () => number) => Record<string, unknown>;

const CHANGES = {
  'email.sent': (state, random) => emailData(newEmail(state, random)),
  'email.delivered': (state, random) => emailData(advance(state, random, ['sent'], 'delivered')),
  'email.bounced': (state, random) => ({
    ...emailData(advance(state, random, ['sent'], 'bounced')),
    bounce: {
      diagnosticCode: ['smtp; 550 5.1.1 user unknown'],
      message: 'The recipient’s mail server does not know the address.',
      subType: 'General',
      type: 'Permanent',
    },
  }),
  'email.opened': (state, random) => emailData(advance(state, random, ['delivered'], 'opened')),
  'email.clicked': (state, random) => ({
    ...emailData(advance(state, random, ['opened', 'delivered'], 'clicked')),
    click: {
      ipAddress: '203.0.113.7',
      link: 'https://northwindlabs.com/changelog',
      timestamp: state.time(),
      userAgent: 'Mozilla/5.0',
    },
  }),
  'email.complained': (state, random) => emailData(advance(state, random, ['delivered', 'opened'], 'complained')),
  'contact.created': (state, random) => {
    const contact = newContact(state, `newcomer.${Math.floor(random() * 1e9)}@example.com`);
    state.contacts.set(contact.id, contact);
    return contactData(contact);
  },
  'contact.updated': (state, random) => {
    const contact = pick([...state.contacts.values()], random) ?? newContact(state, 'somebody@example.com');
    state.contacts.set(contact.id, contact);
    contact.unsubscribed = !contact.unsubscribed;
    contact.updated_at = state.time();
    return contactData(contact);
  },
  'domain.updated': (state) => {
    const domain = [...state.domains.values()].at(-1);
    if (domain === undefined) throw new Error('The world has no e-mail domain that could be updated.');
    domain.status = domain.status === 'verified' ? 'pending' : 'verified';
    return domainData(domain);
  },
} satisfies Record<string, Change>;

type EventType = keyof typeof CHANGES;

export const EVENT_TYPES: readonly string[] = Object.keys(CHANGES);

export function emitEvent(state: State, { now, random }: EmulatorKit, type: string): WebhookDelivery {
  if (!isEventType(type)) throw new TypeError(`Resend sends no ${type}.`);
  const data = CHANGES[type](state, random);
  const body = JSON.stringify({ type, created_at: state.time(), data });
  const id = `msg_${uuid(random).replaceAll('-', '')}`;
  const timestamp = Math.floor(now() / 1_000);
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'Svix-Webhooks/1.62.0 (sender-9YMgn; +https://www.svix.com/http-sender/)',
    'svix-id': id,
    'svix-timestamp': String(timestamp),
    'svix-signature': sign(WEBHOOK_SECRET, id, timestamp, body),
  };
  return { type, body, headers };
}

/** Svix: the key is the secret after `whsec_`, base64-decoded; signed is id, timestamp and body, joined by points. */
export function sign(secret: string, id: string, timestamp: number, body: string): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}

function isEventType(type: string): type is EventType {
  return Object.hasOwn(CHANGES, type);
}

function emailData(email: EmailRow): Record<string, unknown> {
  return {
    email_id: email.id,
    created_at: email.created_at,
    from: email.from,
    to: email.to,
    subject: email.subject,
    tags: Object.fromEntries(email.tags.map(({ name, value }) => [name, value])),
  };
}

function contactData(contact: ContactRow): Record<string, unknown> {
  const { id, segments, created_at, updated_at, email, first_name, last_name, unsubscribed } = contact;
  return {
    id,
    segment_ids: segments,
    created_at,
    updated_at,
    email,
    // Left out when there is none.
    ...(first_name !== null && { first_name }),
    ...(last_name !== null && { last_name }),
    unsubscribed,
  };
}

function domainData(domain: DomainRow): Record<string, unknown> {
  const { id, name, status, created_at, region } = domain;
  return { id, name, status, created_at, region, records: recordsOf(domain) };
}

/** The newest e-mail in one of the states before, or a new one, in the state after. */
function advance(state: State, random: () => number, before: readonly EmailStatus[], after: EmailStatus): EmailRow {
  const found = [...state.emails.values()].findLast(({ last_event }) => before.includes(last_event));
  const email = found ?? newEmail(state, random);
  email.last_event = after;
  return email;
}

function newEmail(state: State, random: () => number): EmailRow {
  const contact = pick([...state.contacts.values()], random);
  const email: EmailRow = {
    id: state.newId(),
    to: [contact?.email ?? 'somebody@example.com'],
    from: 'Northwind Labs <hello@mail.northwindlabs.com>',
    created_at: state.time(),
    subject: 'What is new this week',
    html: '<p>Exports are twice as fast.</p>',
    text: null,
    bcc: null,
    cc: null,
    reply_to: null,
    last_event: 'sent',
    scheduled_at: null,
    tags: [{ name: 'campaign', value: 'weekly' }],
  };
  state.emails.set(email.id, email);
  return email;
}

function pick<Row>(rows: readonly Row[], random: () => number): Row | undefined {
  return rows[Math.floor(random() * rows.length)];
}
