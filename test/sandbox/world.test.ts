import { describe, expect, it } from 'vitest';
import { at } from '../../src/sandbox/generate/list.ts';
import { generateWorld } from '../../src/sandbox/world-generator.ts';
import { findFaults } from './world-faults.ts';

const world = generateWorld();
const ADA = 'ada.lindqvist@brightforge.io';
const MAYA = 'maya.okafor@northwindlabs.com';

const personBy = (email: string) =>
  at(
    world.people.filter((person) => person.email === email),
    0,
  );
const companyBy = (domain: string) =>
  at(
    world.companies.filter((company) => company.domain === domain),
    0,
  );
const share = <T>(list: readonly T[], fits: (item: T) => boolean) => list.filter(fits).length / list.length;

/** The values that occur more than once. */
function repeated(values: readonly unknown[]): unknown[] {
  const seen = new Set();
  return values.filter((value) => seen.size === seen.add(value).size);
}

describe('the world', () => {
  it('is the same for the same seed and another for another', () => {
    expect(generateWorld()).toEqual(world);
    const other = generateWorld({ seed: 7 });
    expect(other.people).not.toEqual(world.people);
    expect(other).toEqual(generateWorld({ seed: 7 }));
  });

  it('has no reference that leads nowhere and no moment out of order, whatever the seed', () => {
    for (const seed of [world.seed, 1, 2, 3, 4, 5]) expect(findFaults(generateWorld({ seed }))).toEqual([]);
  });

  it('repeats no id, address or domain', () => {
    const { companies, people, owners } = world;
    const lists: Record<string, unknown[]> = {
      emails: people.map(({ email }) => email),
      domains: companies.map(({ domain }) => domain),
      hubspot: [...people, ...companies].map(({ ids }) => ids.hubspot).filter(Boolean),
      zendesk: [...people, ...companies].map(({ ids }) => ids.zendesk).filter(Boolean),
      pdl: [...people, ...companies].map(({ ids }) => ids.pdl).filter(Boolean),
      slack: [...people.map(({ ids }) => ids.slack), ...world.channels.map(({ id }) => id)].filter(Boolean),
      resend: [
        ...people.map(({ ids }) => ids.resend),
        ...[...world.emails, ...world.emailDomains].map(({ id }) => id),
      ].filter(Boolean),
      owners: owners.map(({ hubspotId }) => hubspotId),
      deals: world.deals.map(({ id }) => id),
      customers: companies.map(({ ids }) => ids.stripe).filter(Boolean),
      stripe: [world.products, world.prices, world.subscriptions, world.invoices, world.charges, world.refunds]
        .flat()
        .map(({ id }) => id),
      invoiceNumbers: world.invoices.map(({ number }) => number).filter(Boolean),
      tickets: world.tickets.map(({ id }) => id),
      comments: world.tickets.flatMap(({ comments }) => comments.map(({ id }) => id)),
      messages: world.messages.map(({ channelId, ts }) => `${channelId} ${ts}`),
      channelNames: world.channels.map(({ name }) => name),
      bookings: world.bookings.flatMap(({ id, uid }) => [id, uid]),
      employees: world.employees.map(({ id }) => id),
      timeOff: world.timeOff.map(({ id }) => id),
    };
    for (const [name, values] of Object.entries(lists)) expect([name, repeated(values)]).toEqual([name, []]);
  });

  it('has the sizes a small company would have', () => {
    const sizes = Object.fromEntries(
      Object.entries(world).flatMap(([name, list]) => (Array.isArray(list) ? [[name, list.length]] : [])),
    );
    expect(sizes).toMatchObject({
      companies: 200,
      people: 1000,
      deals: 300,
      products: 12,
      prices: 20,
      subscriptions: 400,
      invoices: 1500,
    });
    expect(sizes).toMatchObject({
      refunds: 40,
      tickets: 600,
      messages: 3000,
      emails: 2000,
      emailDomains: 3,
      eventTypes: 6,
      bookings: 500,
    });
    expect(sizes).toMatchObject({ employees: 60, timeOff: 80 });
    expect(world.companies.filter(({ ids }) => ids.stripe !== undefined)).toHaveLength(150);
  });

  it('is as untidy as life: people and companies are missing here and there, spelled differently, without a company', () => {
    const outside = world.people.slice(59);
    for (const vendor of ['hubspot', 'zendesk', 'resend', 'pdl'] as const) {
      expect(share(outside, ({ ids }) => ids[vendor] === undefined)).toBeCloseTo(0.12, 1);
    }
    expect(share(world.companies, ({ ids }) => ids.hubspot === undefined)).toBeCloseTo(0.12, 1);
    expect(share(world.people, ({ spelling }) => Object.keys(spelling).length > 0)).toBeCloseTo(0.08, 1);
    expect(share(outside, ({ email }) => /@(gmail|outlook|yahoo|icloud|proton|gmx)\./.test(email))).toBeCloseTo(
      0.08,
      1,
    );
    expect(outside.some(({ companyIndex }) => companyIndex === null)).toBe(true);
    expect(world.companies.some(({ index }) => world.people.every(({ companyIndex }) => companyIndex !== index))).toBe(
      true,
    );
    expect(outside.some(({ ids }) => ids.zendesk !== undefined && ids.hubspot === undefined)).toBe(true);
    const payers = world.companies.flatMap(({ billingPersonIndex }) =>
      billingPersonIndex === null ? [] : [at(world.people, billingPersonIndex)],
    );
    expect(payers.some(({ ids }) => ids.hubspot === undefined)).toBe(true);
    for (const field of ['jobTitle', 'phone', 'city', 'country', 'lifecycleStage'] as const) {
      expect(share(world.people, (person) => person[field] === null)).toBeGreaterThan(0.05);
    }
  });

  it('has time off and bookings on both sides of its present', () => {
    const today = world.now.slice(0, 10);
    expect(
      world.timeOff.some(({ start, end, status }) => status === 'approved' && start <= today && end >= today),
    ).toBe(true);
    expect(world.timeOff.some(({ start }) => start > today)).toBe(true);
    expect(world.bookings.filter(({ start }) => start > world.now).length).toBeGreaterThan(40);
    expect(world.bookings.filter(({ start }) => start < world.now).length).toBeGreaterThan(300);
  });

  it('knows Ada in every system', () => {
    const ada = personBy(ADA);
    const company = companyBy('brightforge.io');
    expect(Object.keys(ada.ids).toSorted()).toEqual(['hubspot', 'pdl', 'resend', 'slack', 'zendesk']);
    expect(ada.companyIndex).toBe(company.index);
    expect(Object.keys(company.ids).toSorted()).toEqual(['hubspot', 'pdl', 'stripe', 'zendesk']);
    expect(company.billingPersonIndex).toBe(ada.index);
    expect(world.invoices.filter(({ companyIndex }) => companyIndex === company.index).length).toBeGreaterThanOrEqual(
      3,
    );
    expect(
      world.subscriptions.some(({ companyIndex, status }) => companyIndex === company.index && status === 'active'),
    ).toBe(true);
    expect(world.deals.some(({ personIndexes }) => personIndexes.includes(ada.index))).toBe(true);
    expect(world.tickets.filter(({ requesterIndex }) => requesterIndex === ada.index).length).toBeGreaterThanOrEqual(4);
    expect(world.emails.filter(({ toIndexes }) => toIndexes.includes(ada.index)).length).toBeGreaterThanOrEqual(5);
    expect(
      world.bookings.filter(({ attendeeIndexes }) => attendeeIndexes.includes(ada.index)).length,
    ).toBeGreaterThanOrEqual(3);
    expect(world.channels.some(({ memberIndexes }) => memberIndexes.includes(ada.index))).toBe(true);
    expect(world.employees.filter(({ personIndex }) => personIndex === ada.index)).toMatchObject([
      { department: 'Contractors' },
    ]);
  });

  it('has Maya as employee, agent, contact and owner of Ada’s company', () => {
    const maya = personBy(MAYA);
    expect(maya.ids).toMatchObject({
      hubspot: expect.any(String),
      zendesk: expect.any(Number),
      slack: expect.any(String),
    });
    const owner = at(
      world.owners.filter(({ personIndex }) => personIndex === maya.index),
      0,
    );
    expect(companyBy('brightforge.io').ownerIndex).toBe(owner.index);
    expect(world.tickets.some(({ assigneeIndex }) => assigneeIndex === owner.index)).toBe(true);
    expect(world.employees.some(({ personIndex }) => personIndex === maya.index)).toBe(true);
  });
});
