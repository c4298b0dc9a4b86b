import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LoggedEvent } from '../../src/events/log.ts';
import type { VendorName } from '../../src/sandbox/vendor-name.ts';
import { type EmittedEvents, startEmittedEvents } from './emitted-events.ts';

let events: EmittedEvents;

beforeAll(async () => {
  events = await startEmittedEvents();
});

afterAll(() => events[Symbol.asyncDispose]());

/** The first of what one change told. */
async function emitted(vendor: VendorName, type: string): Promise<LoggedEvent> {
  const [event] = await events.emit(vendor, type);
  if (!event) throw new Error(`${vendor} told nothing of ${type}.`);
  return event;
}

function payload(event: LoggedEvent) {
  return JSON.parse(event.body);
}

it('shows what every event has', async () => {
  const event = await emitted('stripe', 'invoice.paid');
  const base = 'id cursor vendor type occurredAt receivedAt replayed unsigned';
  const shown = {
    id: event.id,
    cursor: `cursor-of-${event.id}`,
    vendor: 'stripe',
    type: 'invoice.paid',
    occurredAt: '2026-11-02T09:00:00.000Z',
    receivedAt: '2026-11-02T09:00:01.000Z',
    replayed: false,
    unsigned: [],
  };
  expect(await events.ask('invoiceEvents', event, base)).toEqual(shown);
  expect(await events.ask('events', event, `__typename ${base}`)).toEqual({
    __typename: 'StripeInvoiceEvent',
    ...shown,
  });
});

it('tells a replay, a missing time and what was not signed', async () => {
  const event = {
    ...(await emitted('zendesk', 'zen:event-type:ticket.created')),
    replayOf: 'another',
    vendorTime: null,
    unsigned: ['id'],
  };
  expect(await events.ask('ticketEvents', event, 'replayed occurredAt unsigned')).toEqual({
    replayed: true,
    occurredAt: null,
    unsigned: ['id'],
  });
});

it('shows an event that no map describes as an OtherEvent, with what every event has', async () => {
  const event = await emitted('hubspot', 'company.creation');
  expect(await events.ask('events', event, '__typename vendor type')).toEqual({
    __typename: 'OtherEvent',
    vendor: 'hubspot',
    type: 'company.creation',
  });
});

it('gives a contact’s event the contact, its person and the person’s account', async () => {
  const event = await emitted('hubspot', 'contact.propertyChange');
  const selection = 'changedFields contact { id properties { email } } person { email } account { domain }';
  const { changedFields, contact, person, account } = await events.ask('contactEvents', event, selection);
  expect(changedFields).toEqual(['lifecyclestage']);
  expect(contact.id).toBe(String(payload(event).objectId));
  const known = events.sandbox.world.people.find(({ ids }) => ids.hubspot === contact.id);
  expect(person).toEqual({ email: known?.email });
  const { companyIndex = null } = known ?? {};
  expect(account?.domain ?? null).toBe(
    companyIndex === null || isFreeMail(known?.email) ? null : events.sandbox.world.companies[companyIndex]?.domain,
  );
});

const isFreeMail = (email = ''): boolean =>
  !events.sandbox.world.companies.some(({ domain }) => email.endsWith(`@${domain}`));

it('gives each event of one change its own changed field, and the deal as it is now', async () => {
  const { world } = events.sandbox;
  let told: LoggedEvent[] = [];
  while (told.length < 2) told = await events.emit('hubspot', 'deal.propertyChange');
  const answers = await Promise.all(
    told.map((event) =>
      events.ask('dealEvents', event, 'changedFields deal { id properties { dealstage } } account { domain }'),
    ),
  );
  expect(answers.map(({ changedFields }) => changedFields)).toEqual([['dealstage'], ['closedate']]);
  const deal = world.deals.find(({ id }) => id === answers[0]?.deal.id);
  for (const answer of answers) {
    expect(answer.deal.properties.dealstage).toBe(payload(told[0] as LoggedEvent).propertyValue);
    expect(answer.account.domain).toBe(world.companies[deal?.companyIndex ?? -1]?.domain);
  }
});

it.each(['invoice.paid', 'invoice.payment_failed', 'invoice.finalized'])(
  'gives %s its invoice and account',
  async (type) => {
    const event = await emitted('stripe', type);
    const { invoice, account } = await events.ask('invoiceEvents', event, 'invoice { id status } account { domain }');
    expect(invoice).toEqual({ id: payload(event).data.object.id, status: payload(event).data.object.status });
    const company = events.sandbox.world.companies.find(
      ({ ids }) => ids.stripe === payload(event).data.object.customer,
    );
    expect(account).toEqual({ domain: company?.domain });
  },
);

it('reads the object anew: an old event shows it as it is now', async () => {
  const selection = 'changedFields subscription { id items { data { quantity } } } account { domain }';
  const first = await emitted('stripe', 'customer.subscription.updated');
  const { id, items } = payload(first).data.object;
  let now = items.data[0].quantity;
  for (let tries = 0; tries < 200 && now === items.data[0].quantity; tries += 1) {
    const next = payload(await emitted('stripe', 'customer.subscription.updated')).data.object;
    if (next.id === id) now = next.items.data[0].quantity;
  }
  const { changedFields, subscription, account } = await events.ask('subscriptionEvents', first, selection);
  expect(now).toBeGreaterThan(items.data[0].quantity);
  expect(subscription).toEqual({ id, items: { data: [{ quantity: now }] } });
  expect(changedFields).toEqual(['items']);
  expect(account.domain).toMatch(/\./);
});

it.each([
  ['zen:event-type:ticket.status_changed', ['status']],
  ['zen:event-type:ticket.priority_changed', ['priority']],
  ['zen:event-type:ticket.agent_assignment_changed', ['assignee_id']],
  ['zen:event-type:ticket.comment_added', ['comments']],
  ['zen:event-type:ticket.created', []],
])('gives %s its ticket, who asked and the account', async (type, changed) => {
  const event = await emitted('zendesk', type);
  const selection = 'changedFields ticket { id status } requester { email } account { domain }';
  const { changedFields, ticket, requester, account } = await events.ask('ticketEvents', event, selection);
  const { id, status, requester_id, organization_id } = payload(event).detail;
  expect(changedFields).toEqual(changed);
  expect(ticket).toEqual({ id, status: status.toLowerCase() });
  const { people, companies } = events.sandbox.world;
  expect(requester?.email).toBe(people.find(({ ids }) => String(ids.zendesk) === requester_id)?.email);
  expect(account?.domain).toBe(companies.find(({ ids }) => String(ids.zendesk) === organization_id)?.domain);
});

it.each(['message', 'app_mention'])('gives a %s its text, its channel and who wrote it', async (type) => {
  const event = await emitted('slack', type);
  const { user, text, channel, ts } = payload(event).event;
  const selection = 'text ts threadTs channel { id name } user { id } person { email }';
  const answer = await events.ask('messageEvents', event, selection);
  const name = events.sandbox.world.channels.find(({ id }) => id === channel)?.name;
  const person = events.sandbox.world.people.find(({ ids }) => ids.slack === user);
  expect(answer).toEqual({
    text,
    ts,
    threadTs: null,
    channel: { id: channel, name },
    user: { id: user },
    person: { email: person?.email },
  });
});

it('gives an e-mail’s event the e-mail and those it went to', async () => {
  const event = await emitted('resend', 'email.bounced');
  const { data } = payload(event);
  expect(await events.ask('emailEvents', event, 'email { id last_event } recipients { email } bounceType')).toEqual({
    email: { id: data.email_id, last_event: 'bounced' },
    recipients: data.to.map((address: string) => ({ email: address.toLowerCase() })),
    bounceType: 'Permanent',
  });
});

it('gives a booking’s event the booking, its attendees and the booking it replaces', async () => {
  const event = await emitted('calcom', 'BOOKING_RESCHEDULED');
  const { uid, attendees, rescheduleUid } = payload(event).payload;
  const selection = 'booking { uid status } attendees { email } rescheduledFrom { uid status }';
  expect(await events.ask('bookingEvents', event, selection)).toEqual({
    booking: { uid, status: 'accepted' },
    attendees: attendees.map(({ email }: { email: string }) => ({ email: email.toLowerCase() })),
    rescheduledFrom: { uid: rescheduleUid, status: 'cancelled' },
  });
});

it('gives an employee’s event the employee and the person', async () => {
  const event = await emitted('bamboohr', 'employee.updated');
  const selection = 'changedFields employee { employeeId workEmail } person { email }';
  const { changedFields, employee, person } = await events.ask('employeeEvents', event, selection);
  expect(changedFields).toEqual(['jobTitle', 'location']);
  expect(employee.employeeId).toBe(payload(event).data.employeeId);
  expect(person).toEqual({ email: employee.workEmail.toLowerCase() });
});

it('answers null, without an error, for an object that is gone, and for all that hangs on it', async () => {
  const contact = await emitted('hubspot', 'contact.deletion');
  expect(
    await events.ask('contactEvents', contact, 'objectId contact { id } person { email } account { domain }'),
  ).toEqual({
    // Whom it was about is still known.
    objectId: String(JSON.parse(contact.body).objectId),
    contact: null,
    person: null,
    account: null,
  });
  const employee = await emitted('bamboohr', 'employee.deleted');
  expect(await events.ask('employeeEvents', employee, 'employee { employeeId } person { email }')).toEqual({
    employee: null,
    person: null,
  });
});

it('answers null where the payload holds no id, and asks nobody', async () => {
  const event = { ...(await emitted('slack', 'message')), body: '{"type":"event_callback"}' };
  const selection = 'text channel { id } user { id } person { email }';
  const { data, errors, calls } = await events.askWith('messageEvents', event, selection);
  expect(errors).toBeUndefined();
  expect(data?.['messageEvents']).toEqual({ text: null, channel: null, user: null, person: null });
  expect(calls).toEqual([]);
});

it('keeps what it read for the joins behind it', async () => {
  const event = await emitted('hubspot', 'contact.creation');
  const { data, calls } = await events.askWith('contactEvents', event, 'contact { id } person { contact { id } }');
  const { contact, person } = Object(data?.['contactEvents']);
  expect(person.contact).toEqual(contact);
  expect(calls.map(({ operation }) => operation)).toEqual(['hubspotContact']);
});

it('reads the object once for all fields that need it, and not at all for those that do not', async () => {
  const event = await emitted('stripe', 'invoice.paid');
  const selection = 'invoice { id account { domain } } account { domain } other: account { domain }';
  const { calls } = await events.askWith('invoiceEvents', event, selection);
  expect(calls.map(({ operation }) => operation).sort()).toEqual(['stripeCustomer', 'stripeInvoice']);
  expect((await events.askWith('invoiceEvents', event, 'id type changedFields')).calls).toEqual([]);
});

it('parses a payload once, however many subscribers ask', async () => {
  const event = await emitted('slack', 'message');
  const [one, other] = ['cursor of one', 'cursor of another'].map((cursor) => events.types.rowOf(event, cursor));
  expect(one?.payload()).toEqual(payload(event));
  expect(other?.payload()).toBe(one?.payload());
});
