/**
 * `examples/lead-flow`, end to end, each part a process of its own: whatever is killed and wherever, every lead is created,
 * mailed, announced and booked once. The sandbox's ledger tells.
 */
import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type LeadFlowWorld, startLeadFlowWorld, type Write, type Writes } from './lead-flow-world.ts';

let world: LeadFlowWorld;
beforeAll(async () => {
  world = await startLeadFlowWorld();
});
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(() => world.reset());

const STEPS = ['enrich', 'score', 'email', 'announce', 'book'];
const STOPS = [
  ...STEPS.flatMap((step) => [`${step}:begun`, `${step}:before-journal`, `${step}:after-journal`]),
  'cursor',
];

const lead = (name: string) => ({
  email: `${name}.rossi@brightforge.io`,
  firstname: name,
  lastname: 'Rossi',
  jobtitle: 'Head of Operations',
});

/** Whom each step of each vendor was for, in alphabetical order: a repeat stands there twice. */
function ledgerOf({ byVendor }: Writes) {
  const contacts = new Map((byVendor.hubspot ?? []).map(({ id, data }) => [id, data.properties?.email]));
  const of = (vendor: keyof Writes['byVendor'], whom: (data: Write['data']) => unknown) =>
    (byVendor[vendor] ?? []).map(({ operation, data }) => `${operation} ${whom(data)}`).sort();
  return {
    hubspot: of('hubspot', ({ properties }) => properties?.email),
    resend: of('resend', ({ to }) => to),
    slack: of('slack', ({ blocks }) => contacts.get(String(blocks?.[0]?.block_id).replace('lead-', ''))),
    calcom: of('calcom', ({ attendee }) => attendee?.email),
  };
}

function onceEach(names: readonly string[]) {
  const of = (operation: string) => names.map((name) => `${operation} ${lead(name).email}`).sort();
  return {
    hubspot: of('createContact'),
    resend: of('sendEmail'),
    slack: of('postMessage'),
    calcom: of('createBooking'),
  };
}

/** At least once: whether more than once is what is asked afterwards, of a later answer. */
async function allBooked(count: number): Promise<boolean> {
  return ((await world.writes()).byVendor.calcom?.length ?? 0) >= count;
}

it('takes every step of a lead once, killed before, inside and after each of them', { timeout: 60_000 }, async () => {
  for (const [index, stop] of STOPS.entries()) {
    await using app = world.startApp({ LEAD_FLOW_STOP_AFTER: stop, LEAD_FLOW_SETTLE_MS: '100' });
    await app.printed(/following the contacts/);
    if (index === 0) await world.sendForm(lead('ana'));
    await app.printed(new RegExp(`stopped at ${stop}`));
    await app.kill();
  }
  await using app = world.startApp({ LEAD_FLOW_SETTLE_MS: '100' });
  await app.printed(/following the contacts/);
  await world.sendForm(lead('bea'));
  await app.printed(/ book /);
  expect(ledgerOf(await world.writes())).toEqual(onceEach(['ana', 'bea']));
  // Each look costs money: only the one that was never written down is repeated.
  expect(await world.calls('pdl', 'enrichCompanies')).toBe(3);
});

it('makes one contact of a lead whose form was killed before, inside and after making it', {
  timeout: 60_000,
}, async () => {
  await using app = world.startApp({ LEAD_FLOW_SETTLE_MS: '100' });
  await app.printed(/following the contacts/);
  for (const [name, stop] of [
    ['jan', 'form:begun'],
    ['kim', 'form:created'],
  ] as const) {
    await using killed = await world.startForm({ LEAD_FLOW_STOP_AFTER: stop });
    const sent = expect(killed.send(lead(name))).rejects.toThrow('fetch failed');
    await killed.printed(new RegExp(`stopped at ${stop}`));
    await killed.kill();
    await sent;
  }
  // The gateway goes on with what was begun, and meets the second try at the vendor.
  const slow = { vendor: 'hubspot', operation: 'createContact', kind: 'latency', value: 500, times: 1 };
  await world.control('POST', '/faults', slow);
  {
    await using killed = await world.startForm();
    const before = await world.calls('hubspot', 'createContact');
    const sent = expect(killed.send(lead('lou'))).rejects.toThrow('fetch failed');
    await expect.poll(() => world.calls('hubspot', 'createContact')).toBe(before + 1);
    await killed.kill();
    await sent;
  }
  // Whoever got no answer sends it again, and hears the same as everybody.
  const names = ['jan', 'kim', 'lou'];
  await using form = await world.startForm();
  expect(await Promise.all(names.map((name) => form.send(lead(name))))).toEqual([200, 200, 200]);
  await expect.poll(() => allBooked(names.length), { timeout: 40_000 }).toBe(true);
  expect(ledgerOf(await world.writes())).toEqual(onceEach(names));
});

it('loses and repeats nothing when app and gateway are killed at random', { timeout: 60_000 }, async () => {
  const names = ['carl', 'dora', 'emil', 'fay', 'gus'];
  const settings = { LEAD_FLOW_SETTLE_MS: '1000' };
  await using first = world.startApp(settings);
  await first.printed(/following the contacts/);

  const sent = Promise.all(names.map((name) => world.sendForm(lead(name))));
  await sleep(200 * Math.random());
  await world.gateway.restart();
  await first.kill();
  for (let kills = 0; kills < 6; kills += 1) {
    await using app = world.startApp(settings);
    // A moment is what is meant here, not a condition.
    const lives = sleep(300 + 1_500 * Math.random(), 'lives');
    expect(await Promise.race([lives, app.ended.then(app.complaints)])).toBe('lives');
  }
  await sent;
  await using last = world.startApp(settings);
  await expect.poll(() => allBooked(names.length), { timeout: 40_000 }).toBe(true);
  await last.printed(/following the contacts/);
  expect(ledgerOf(await world.writes())).toEqual(onceEach(names));
});

it('waits for what is still under way in the gateway before it sends anew', { timeout: 60_000 }, async () => {
  const slow = { vendor: 'resend', operation: 'sendEmail', kind: 'latency', value: 1_500, times: 1 };
  await world.control('POST', '/faults', slow);
  await using killed = world.startApp();
  await killed.printed(/following the contacts/);
  await world.sendForm(lead('hal'));
  await expect.poll(() => world.calls('resend', 'sendEmail'), { timeout: 10_000 }).toBe(1);
  await killed.kill();
  expect((await world.writes()).byVendor.resend).toBeUndefined();

  await using app = world.startApp({ LEAD_FLOW_SETTLE_MS: '3000' });
  await app.printed(/ book /);
  expect(ledgerOf(await world.writes())).toEqual(onceEach(['hal']));
});

it('gets past vendors that fail for a while, and a step that is refused waits for the next start', {
  timeout: 60_000,
}, async () => {
  const settings = { LEAD_FLOW_SETTLE_MS: '100' };
  {
    await using app = world.startApp({ ...settings, LEAD_FLOW_CHANNEL: 'nowhere' });
    await app.printed(/following the contacts/);
    for (const [vendor, operation] of [
      ['hubspot', 'contact'],
      ['resend', 'sendEmail'],
      ['calcom', 'slots'],
    ]) {
      // Once more than the gateway itself tries.
      await world.control('POST', '/faults', { vendor, operation, kind: 'status', value: 503, times: 4 });
    }
    await world.sendForm(lead('ida'));
    await app.printed(/ book /);
    for (const complaint of ['following again', 'email: VENDOR_DOWN', 'book: VENDOR_DOWN']) {
      expect(app.complaints()).toContain(complaint);
    }
    expect(app.output()).toMatch(/ announce +refused/);
    expect(ledgerOf(await world.writes())).toEqual({ ...onceEach(['ida']), slack: [] });
  }
  appendFileSync(world.journalPath(), '{"lead":"cut off by a cra');
  for (const output of [/ announce +#new-leads.*\n.*following the contacts/, /^following the contacts/]) {
    await using app = world.startApp(settings);
    await app.printed(output);
  }
  expect(ledgerOf(await world.writes())).toEqual(onceEach(['ida']));
});
