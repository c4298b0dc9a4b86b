/** Changes whose webhooks never came, against the emulated vendors over HTTP and a real log. */
import { describe, expect, it } from 'vitest';
import type { LogPlace } from '../events/log.contract.ts';
import { dropDatabases, makePostgresPlace, postgresMissing } from '../events/postgres-under-test.ts';
import { makeSqlitePlace } from '../events/sqlite-under-test.ts';
import { HOUR, MINUTE, startReconciling } from './reconciling.ts';

const hasPostgres = (await postgresMissing()) === undefined;

const VENDORS = [
  ['bamboohr', 'employee.updated'],
  ['bamboohr', 'employee.created'],
  ['bamboohr', 'employee.deleted'],
  ['calcom', 'BOOKING_CREATED'],
  ['calcom', 'BOOKING_REQUESTED'],
  ['calcom', 'BOOKING_CANCELLED'],
  ['calcom', 'BOOKING_REJECTED'],
  ['calcom', 'BOOKING_RESCHEDULED'],
] as const;

const objectOf = (body: string): unknown => {
  const { data, payload } = JSON.parse(body);
  return data?.employeeId ?? payload?.uid;
};

describe.each(VENDORS)('%s %s', (vendor, type) => {
  it('is told once when its webhook was lost, with the type, time and object the webhook had', async () => {
    await using place = await makeSqlitePlace();
    await using world = await startReconciling(vendor, place);
    const gateway = await world.gateway();
    await gateway.look();
    world.clock.now += MINUTE;
    const lost = await world.lose(type);
    // BambooHR writes whole seconds.
    const happenedAt = vendor === 'bamboohr' ? world.clock.now - 500 : world.clock.now;
    world.clock.now += world.plan.settleMs + MINUTE;
    expect(await gateway.look()).toMatchObject({ appended: 1, isWhole: true });
    const [event, ...others] = await world.logged();
    expect(others).toEqual([]);
    expect(event).toMatchObject({ type, vendorTime: happenedAt, receivedAt: world.clock.now, unsigned: [] });
    expect(objectOf(event?.body ?? '')).toBe(objectOf(lost));
    expect(await world.log.delivery(event?.deliveryId ?? '')).toMatchObject({ verifiedBy: 'reconciliation' });
    for (let look = 0; look < 3; look += 1) {
      expect(await gateway.look()).toMatchObject({ appended: 0 });
      world.clock.now += MINUTE;
    }
  });

  it('is not told again when its webhook came', async () => {
    await using place = await makeSqlitePlace();
    await using world = await startReconciling(vendor, place);
    const gateway = await world.gateway();
    await gateway.look();
    world.clock.now += MINUTE;
    await world.deliver(type);
    world.clock.now += world.plan.settleMs + MINUTE;
    expect((await gateway.look()).listed).toBeGreaterThan(0);
    expect(await world.logged()).toHaveLength(1);
  });
});

async function between(place: LogPlace): Promise<void> {
  await using world = await startReconciling('bamboohr', place);
  const [first, second] = await Promise.all([world.gateway(), world.gateway()]);
  await Promise.all([first.look(), second.look()]);
  world.clock.now += MINUTE;
  for (let count = 0; count < 3; count += 1) await world.lose('employee.created');
  world.clock.now += world.plan.settleMs + MINUTE;
  const results = await Promise.all([first.look(), second.look()]);
  expect(results.reduce((sum, { appended }) => sum + appended, 0)).toBe(3);
  await expect.poll(world.logged).toHaveLength(3);
}

describe('several gateways', () => {
  it('tell of a lost change once between them', async () => {
    await using place = await makeSqlitePlace();
    await between(place);
  });

  it.skipIf(!hasPostgres)('tell of it once over one Postgres', async () => {
    try {
      await using place = await makePostgresPlace();
      await between(place);
    } finally {
      await dropDatabases();
    }
  });
});

describe('how far back it looks', () => {
  it('leaves a change to the vendor’s own retries until it has settled', async () => {
    await using place = await makeSqlitePlace();
    await using world = await startReconciling('bamboohr', place);
    const gateway = await world.gateway();
    await gateway.look();
    await world.lose('employee.updated');
    world.clock.now += world.plan.settleMs - MINUTE;
    expect(await gateway.look()).toMatchObject({ listed: 1, appended: 0 });
    world.clock.now += 2 * MINUTE;
    expect(await gateway.look()).toMatchObject({ appended: 1 });
  });

  it('goes on where the last gateway stopped, however long nobody looked', async () => {
    await using place = await makeSqlitePlace();
    await using world = await startReconciling('bamboohr', place);
    await world.deliver('employee.created');
    await (await world.gateway()).look();
    world.clock.now += MINUTE;
    await world.lose('employee.created');
    world.clock.now += 72 * HOUR;
    // The first webhook after the outage must not hide what was before it.
    await world.deliver('employee.created');
    const next = await world.gateway();
    expect(await next.look()).toMatchObject({ appended: 1 });
    expect(await world.logged()).toHaveLength(3);
  });

  it('tells nothing of the time before the first gateway', async () => {
    await using place = await makeSqlitePlace();
    await using world = await startReconciling('bamboohr', place);
    await world.lose('employee.created');
    world.clock.now += MINUTE;
    const gateway = await world.gateway();
    world.clock.now += world.plan.settleMs + MINUTE;
    expect(await gateway.look()).toMatchObject({ appended: 0 });
    expect(await world.logged()).toEqual([]);
  });

  it('makes up for a look that failed', async () => {
    await using place = await makeSqlitePlace();
    await using world = await startReconciling('bamboohr', place);
    const gateway = await world.gateway();
    await gateway.look();
    await world.lose('employee.created');
    world.clock.now += world.plan.settleMs + MINUTE;
    const faults = `${world.sandbox.controlUrl}/faults`;
    await fetch(faults, { method: 'POST', body: JSON.stringify({ vendor: 'bamboohr', kind: 'status', value: 500 }) });
    await expect(gateway.look()).rejects.toMatchObject({ code: 'VENDOR_DOWN' });
    await fetch(faults, { method: 'DELETE' });
    expect(await gateway.look()).toMatchObject({ appended: 1 });
  });

  it('says so when the answer is not what vendor.yaml describes, rather than finding nothing for ever', async () => {
    await using place = await makeSqlitePlace();
    await using world = await startReconciling('bamboohr', place);
    Object.assign(world.plan, { rows: ['people'] });
    await expect((await world.gateway()).look()).rejects.toMatchObject({ code: 'VENDOR_BAD_RESPONSE' });
  });
});

it('tells of a later change of an object the log knows', async () => {
  await using place = await makeSqlitePlace();
  await using world = await startReconciling('calcom', place);
  const gateway = await world.gateway();
  await gateway.look();
  await world.deliver('BOOKING_REQUESTED');
  world.clock.now += 5 * MINUTE;
  await world.lose('BOOKING_REJECTED');
  world.clock.now += world.plan.settleMs + MINUTE;
  await gateway.look();
  expect((await world.logged()).map(({ type }) => type)).toEqual(['BOOKING_REQUESTED', 'BOOKING_REJECTED']);
});
