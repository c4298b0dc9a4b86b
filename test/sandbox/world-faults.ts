/** Every way in which a world contradicts itself: references that lead nowhere, sums that differ, moments out of order. */
import type { World } from '../../src/sandbox/world.ts';

/** Collects each record of the list that does not fit. */
type Check = <T>(name: string, list: readonly T[], fits: (record: T) => boolean) => void;

export function findFaults(world: World): string[] {
  const faults: string[] = [];
  const check: Check = (name, list, fits) => {
    for (const record of list) if (!fits(record)) faults.push(`${name}: ${JSON.stringify(record)}`);
  };
  for (const area of [
    checkPeople,
    checkCrm,
    checkBilling,
    checkPayments,
    checkSupport,
    checkChat,
    checkMail,
    checkCalendar,
    checkStaff,
  ]) {
    area(world, check);
  }
  return faults;
}

function byId<Id, T extends { id: Id }>(records: readonly T[]): Map<Id, T> {
  return new Map(records.map((record) => [record.id, record]));
}

/** Whether the moments follow each other and none lies after the world's present. */
function past(world: World, ...moments: string[]): boolean {
  return moments.every((moment, index) => moment <= world.now && moment >= (moments[index - 1] ?? '2000'));
}

function checkPeople(world: World, check: Check): void {
  const { companies, people, owners } = world;
  const isOwner = (index: number | null) => index === null || owners[index] !== undefined;
  check('company', companies, (company) => companies[company.index] === company && isOwner(company.ownerIndex));
  check('company', companies, (company) => past(world, company.createdAt, company.updatedAt));
  check('billing person', companies, ({ billingPersonIndex, ids, index }) => {
    const person = billingPersonIndex === null ? undefined : people[billingPersonIndex];
    return ids.stripe === undefined ? billingPersonIndex === null : person?.companyIndex === index;
  });
  check('person', people, (person) => people[person.index] === person && isOwner(person.ownerIndex));
  check('person', people, ({ companyIndex }) => companyIndex === null || companies[companyIndex] !== undefined);
  check('person', people, (person) => past(world, person.createdAt, person.updatedAt));
  check('address', people, ({ email, spelling }) => {
    const spelled = Object.values(spelling);
    return email === email.toLowerCase() && spelled.every((other) => other !== email && other.toLowerCase() === email);
  });
  check('owner', owners, ({ index, personIndex, zendeskId }) => {
    const person = people[personIndex];
    return personIndex === index && person?.companyIndex === 0 && person.ids.zendesk === zendeskId;
  });
}

function checkCrm(world: World, check: Check): void {
  const { companies, people, owners } = world;
  check('deal', world.deals, ({ companyIndex, createdAt, updatedAt, ownerIndex }) => {
    const known = companies[companyIndex]?.ids.hubspot !== undefined;
    return known && (ownerIndex === null || owners[ownerIndex] !== undefined) && past(world, createdAt, updatedAt);
  });
  check('contact on a deal', world.deals, ({ companyIndex, personIndexes }) =>
    personIndexes.every(
      (index) => people[index]?.companyIndex === companyIndex && people[index].ids.hubspot !== undefined,
    ),
  );
}

function checkBilling(world: World, check: Check): void {
  const prices = byId(world.prices);
  const products = byId(world.products);
  const subscriptions = byId(world.subscriptions);
  const pays = (company: number) => world.companies[company]?.ids.stripe !== undefined;
  check('price', world.prices, ({ productId }) => products.has(productId));
  check('subscription', world.subscriptions, (row) => {
    const periods = past(world, row.createdAt, row.currentPeriodStart) && row.currentPeriodEnd > row.currentPeriodStart;
    const ended = (row.canceledAt !== null) === (row.status === 'canceled');
    return pays(row.companyIndex) && prices.has(row.priceId) && periods && ended;
  });
  check('invoice', world.invoices, ({ companyIndex, subscriptionId, createdAt, number, status }) => {
    const subscription = subscriptionId === null ? undefined : subscriptions.get(subscriptionId);
    const single = subscriptionId === null;
    const ofCompany = subscription?.companyIndex === companyIndex && subscription.createdAt <= createdAt;
    return (
      pays(companyIndex) &&
      (single || ofCompany) &&
      past(world, createdAt) &&
      (number === null) === (status === 'draft')
    );
  });
  check('amount', world.invoices, ({ priceId, quantity, amountDue, amountPaid, currency, status }) => {
    const price = prices.get(priceId);
    const due = price !== undefined && amountDue === price.unitAmount * quantity && currency === price.currency;
    return due && amountPaid === (status === 'paid' ? amountDue : 0);
  });
}

function checkPayments(world: World, check: Check): void {
  const invoices = byId(world.invoices);
  const charges = byId(world.charges);
  check('payment', world.invoices, ({ status, chargeId, amountPaid, createdAt, paidAt }) => {
    const charge = chargeId === null ? undefined : charges.get(chargeId);
    if (status !== 'paid') return charge?.status !== 'succeeded' && (chargeId === null) === (charge === undefined);
    return charge?.status === 'succeeded' && charge.amount === amountPaid && past(world, createdAt, paidAt ?? '');
  });
  check('charge', world.charges, ({ id, invoiceId, companyIndex, failureMessage, status }) => {
    const invoice = invoiceId === null ? undefined : invoices.get(invoiceId);
    const linked = invoice?.chargeId === id && invoice.companyIndex === companyIndex;
    return linked && (failureMessage === null) === (status === 'succeeded');
  });
  check('refunded amount', world.charges, ({ id, amount, amountRefunded }) => {
    const refunds = world.refunds.filter(({ chargeId }) => chargeId === id);
    return amountRefunded <= amount && amountRefunded === refunds.reduce((sum, refund) => sum + refund.amount, 0);
  });
  check('refund', world.refunds, ({ chargeId, currency, createdAt }) => {
    const charge = charges.get(chargeId);
    return charge?.status === 'succeeded' && charge.currency === currency && past(world, charge.createdAt, createdAt);
  });
}

function checkSupport(world: World, check: Check): void {
  const { companies, people, owners, tickets } = world;
  check('ticket', tickets, ({ requesterIndex, companyIndex, assigneeIndex, status }) => {
    const requester = people[requesterIndex];
    const company = companyIndex === null ? undefined : companies[companyIndex];
    const organized =
      companyIndex === null || (company?.ids.zendesk !== undefined && requester?.companyIndex === companyIndex);
    const assigned = assigneeIndex === null || (owners[assigneeIndex] !== undefined && status !== 'new');
    return requester?.ids.zendesk !== undefined && organized && assigned;
  });
  check('first comment', tickets, ({ comments, description, requesterIndex }) => {
    const [first] = comments;
    return first?.body === description && 'personIndex' in first.author && first.author.personIndex === requesterIndex;
  });
  check('comments', tickets, ({ comments, createdAt, updatedAt }) => {
    const authors = comments.every(({ author }) =>
      'personIndex' in author ? people[author.personIndex] !== undefined : owners[author.ownerIndex] !== undefined,
    );
    return (
      authors &&
      comments.length <= 4 &&
      past(world, createdAt, ...comments.map((comment) => comment.createdAt), updatedAt)
    );
  });
}

function checkChat(world: World, check: Check): void {
  const channels = byId(world.channels);
  const messages = new Map(world.messages.map((message) => [`${message.channelId} ${message.ts}`, message]));
  check('channel', world.channels, ({ memberIndexes, creatorIndex }) => {
    return (
      memberIndexes.includes(creatorIndex) &&
      memberIndexes.every((index) => world.people[index]?.ids.slack !== undefined)
    );
  });
  check('message', world.messages, ({ channelId, personIndex, ts }) => {
    const written = /^\d{10}\.\d{6}$/.test(ts) && Number(ts) * 1000 <= Date.parse(world.now);
    return written && channels.get(channelId)?.memberIndexes.includes(personIndex) === true;
  });
  check('reply', world.messages, ({ channelId, threadTs, ts }) => {
    if (threadTs === null) return true;
    const parent = messages.get(`${channelId} ${threadTs}`);
    return parent?.threadTs === null && Number(parent.ts) < Number(ts);
  });
}

function checkMail(world: World, check: Check): void {
  const domains = world.emailDomains.map(({ name }) => name);
  check('email', world.emails, ({ from, createdAt, toIndexes }) => {
    const received = toIndexes.length > 0 && toIndexes.every((index) => world.people[index] !== undefined);
    return received && domains.some((domain) => from.endsWith(`@${domain}>`)) && past(world, createdAt);
  });
  check('scheduled email', world.emails, ({ lastEvent, scheduledAt }) =>
    lastEvent === 'scheduled' ? scheduledAt !== null && scheduledAt > world.now : scheduledAt === null,
  );
}

function checkCalendar(world: World, check: Check): void {
  const eventTypes = byId(world.eventTypes);
  check('event type', world.eventTypes, ({ ownerIndex }) => world.owners[ownerIndex] !== undefined);
  check('booking', world.bookings, ({ eventTypeId, hostIndex, start, end, createdAt, updatedAt }) => {
    const type = eventTypes.get(eventTypeId);
    const minutes = (Date.parse(end) - Date.parse(start)) / 60_000;
    return (
      type?.ownerIndex === hostIndex &&
      minutes === type.lengthMinutes &&
      createdAt < start &&
      past(world, createdAt, updatedAt)
    );
  });
  check('attendees', world.bookings, ({ attendeeIndexes }) => {
    const different = new Set(attendeeIndexes).size === attendeeIndexes.length;
    return (
      different && attendeeIndexes.length > 0 && attendeeIndexes.every((index) => world.people[index] !== undefined)
    );
  });
}

function checkStaff(world: World, check: Check): void {
  const employees = byId(world.employees);
  check('employee', world.employees, ({ id, personIndex, supervisorId }) => {
    const supervised =
      supervisorId === null || (supervisorId !== id && employees.get(supervisorId)?.status === 'Active');
    return supervised && world.people[personIndex] !== undefined;
  });
  check('time off', world.timeOff, ({ employeeId, start, end, amount, createdAt }) => {
    const days = (Date.parse(end) - Date.parse(start)) / 86_400_000 + 1;
    return employees.has(employeeId) && days === amount && past(world, createdAt);
  });
}
