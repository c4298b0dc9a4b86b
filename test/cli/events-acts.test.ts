/** `vendorgraph events replay|dead-letters|redrive`, as a person runs them. */
import { userInfo } from 'node:os';
import { describe, expect, it } from 'vitest';
import { openPostgresLog } from '../../src/events/postgres-log.ts';
import { readable } from '../events/log.contract.ts';
import { makeDatabase, postgresMissing } from '../events/postgres-under-test.ts';
import { startGatewayUnderTest } from '../gateway-under-test.ts';
import { overWebSocket } from '../streams/subscription.ts';
import { arrive, type EventsPlace, invoiceEvent, jsonLines, makeEventsPlace, runEvents } from './events-place.ts';

const hasPostgres = (await postgresMissing()) === undefined;
const ME = `cli:${userInfo().username}`;
const DAY = 86_400_000;
const START = Date.UTC(2026, 10, 1);

/** evt_0 to evt_4, a day apart. */
async function fiveDays({ log }: EventsPlace): Promise<void> {
  for (let day = 0; day < 5; day += 1) {
    const body = invoiceEvent(`evt_${day}`, day % 2 === 0 ? 'invoice.paid' : 'customer.created');
    await arrive(log, { vendor: 'stripe', body, receivedAt: START + day * DAY });
  }
}

const eventIds = (rows: Record<string, unknown>[]) => rows.map(({ eventId }) => eventId);

describe('vendorgraph events replay', () => {
  it('gives the subscribers of a running gateway an event once more, marked as replayed', async () => {
    await using place = await makeEventsPlace();
    await using running = await startGatewayUnderTest({ env: { VENDORGRAPH_DATA_DIR: place.dataDir } });
    await running.control('PUT', '/webhooks', { url: `${running.gateway.url}/webhooks` });
    const query = 'subscription { invoiceEvents { id type replayed invoice { id } } }';
    await using stream = overWebSocket(running.gateway.url, { query, key: 'vg_demo_admin' });
    await stream.opened;
    await running.control('POST', '/emit', { vendor: 'stripe', type: 'invoice.paid' });
    await expect.poll(() => stream.items.length).toBe(1);
    const [first] = stream.items.map(({ data }): Record<string, unknown> => data['invoiceEvents'] ?? {});
    const ran = await place.run('replay', '--id', String(first?.['id']), '--yes', '--reason', 'a bug of ours');
    expect(ran).toEqual({ code: 0, stdout: '1 replayed.\n', stderr: '' });
    await expect.poll(() => stream.items.length).toBe(2);
    expect(stream.items[1]?.data).toMatchObject({ invoiceEvents: { ...first, id: expect.anything(), replayed: true } });
    const [newest] = await place.json('tail', '--limit', '1');
    expect(newest).toMatchObject({ replayOf: first?.['id'] });
  });

  it('only counts in a dry run, and does nothing without --yes', async () => {
    await using place = await makeEventsPlace();
    await fiveDays(place);
    expect(await place.run('replay', '--vendor', 'stripe', '--dry-run')).toMatchObject({
      code: 0,
      stdout: '5 would be replayed.\n',
    });
    const refused = await place.run('replay', '--vendor', 'stripe');
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toMatch('--yes: Found 5 to replay, which subscribers will get once more.');
    const unbounded = await place.run('replay', '--yes');
    expect(unbounded).toMatchObject({ code: 1, stdout: '' });
    expect(unbounded.stderr).toMatch('Found nothing that says which events.');
    const none = await place.run('replay', '--type', 'invoice.voided', '--yes');
    expect(none).toMatchObject({ code: 1, stderr: expect.stringMatching('Found no event in sqlite .* that matches.') });
    expect(await place.json('tail')).toHaveLength(5);
    expect(place.record()).toEqual([]);
  });

  it('repeats what was received in a time, of a type, between two events, and says who did it and why', async () => {
    await using place = await makeEventsPlace();
    await fiveDays(place);
    const ids = (await place.json('tail')).map(({ id }) => String(id));
    const replayed = async (...args: string[]): Promise<unknown[]> => {
      const before = (await place.log.find({ filter: [{ vendor: 'stripe' }] }, 1_000)).length;
      await place.json('replay', ...args, '--yes', '--reason', 'why not');
      const all = await place.log.find({ filter: [{ vendor: 'stripe' }] }, 1_000);
      return all.slice(before).map(({ eventId }) => eventId);
    };
    expect(await replayed('--from', '2026-11-02', '--to', '2026-11-04')).toEqual(['evt_1', 'evt_2']);
    expect(await replayed('--type', 'invoice.*', '--to', '2026-11-10')).toEqual(['evt_0', 'evt_2', 'evt_4']);
    expect(await replayed('--after', ids[0] ?? '', '--until', ids[2] ?? '')).toEqual(['evt_1', 'evt_2']);
    expect(await replayed('--id', ids[3] ?? '', ids[1] ?? '')).toEqual(['evt_1', 'evt_3']);
    expect(place.record()).toHaveLength(4);
    for (const act of place.record()) expect(act).toMatchObject({ principal: ME, action: 'replay', reason: 'why not' });
  });

  it('starts behind a cursor that a subscriber has kept, and refuses one of another log', async () => {
    await using place = await makeEventsPlace();
    await using running = await startGatewayUnderTest({ env: { VENDORGRAPH_DATA_DIR: place.dataDir } });
    await running.control('PUT', '/webhooks', { url: `${running.gateway.url}/webhooks` });
    const query = 'subscription { invoiceEvents(from: EARLIEST) { id } }';
    await using stream = overWebSocket(running.gateway.url, { query, key: 'vg_demo_admin' });
    await running.control('POST', '/emit', { vendor: 'stripe', type: 'invoice.paid', count: 3 });
    await expect.poll(() => stream.items.length).toBe(3);
    const cursor = stream.items[0]?.cursor ?? '';
    const args = ['replay', '--after', cursor, '--dry-run'];
    expect(await place.json(...args)).toEqual([{ matched: 2, replayed: 0 }]);
    await using other = await makeEventsPlace();
    expect((await other.run(...args)).stderr).toMatch('--after: Found a cursor of another log');
    expect((await other.run('replay', '--after', 'somewhere')).stderr).toMatch(
      '--after: Found "somewhere", expected a cursor',
    );
  });
});

describe('vendorgraph events dead-letters and redrive', () => {
  it('make an event of what came while vendor.yaml was wrong, once', async () => {
    await using place = await makeEventsPlace();
    await arrive(place.log, { vendor: 'stripe', body: invoiceEvent('evt_1'), wrong: { type: 'kind' } });
    const [letter] = await place.json('dead-letters');
    expect(letter).toMatchObject({ vendor: 'stripe', reason: 'no_type', redrivenAt: null });
    const id = String(letter?.['id']);
    expect((await place.run('dead-letters')).stdout).toMatch(/^ID .*\n1 .*no_type/);
    const redrive = (...args: string[]) => place.json('redrive', id, ...args);
    expect(await redrive('--dry-run')).toMatchObject([{ outcome: 'would_be_redriven' }]);
    expect(await place.json('tail')).toEqual([]);
    expect(await redrive('--reason', 'type was wrong')).toMatchObject([{ outcome: 'redriven', events: { stored: 1 } }]);
    expect(eventIds(await place.json('tail'))).toEqual(['evt_1']);
    expect(await redrive()).toMatchObject([{ outcome: 'done_before' }]);
    expect(await place.json('dead-letters')).toEqual([]);
    expect(await place.json('dead-letters', '--all')).toMatchObject([{ id, redrivenAt: expect.any(String) }]);
    expect(place.record()).toMatchObject([{ principal: ME, action: 'redrive', reason: 'type was wrong' }]);
    expect(eventIds(await place.json('tail'))).toEqual(['evt_1']);
  });

  it('ends with 1 for what still cannot be read, and leaves it', async () => {
    await using place = await makeEventsPlace();
    await arrive(place.log, { vendor: 'stripe', body: 'Ada Lindqvist, not JSON' });
    const ran = await place.run('redrive', '1');
    expect(ran).toMatchObject({ code: 1, stdout: '1  still dead  This is not JSON.\n' });
    expect(await place.json('dead-letters', '--reason', 'unreadable')).toHaveLength(1);
    expect((await place.run('redrive', '7')).stderr).toMatch('Found no such dead letter in sqlite');
    expect((await place.run('redrive')).stderr).toMatch(
      'Expected either the id of a dead letter, or --all with --vendor.',
    );
    expect((await place.run('dead-letters', '--reason', 'odd')).stderr).toMatch(
      '--reason: Found "odd", expected one of unreadable,',
    );
  });

  it('take of a batch the element that was dead, and of a dead batch nothing by halves unless told to', async () => {
    await using place = await makeEventsPlace();
    const change = (objectId: number) => ({
      ...{ eventId: objectId, subscriptionId: 2, occurredAt: 1_795_000_000_000, objectId },
      subscriptionType: 'contact.creation',
    });
    // The second says its type elsewhere.
    const odd = { ...change(2), subscriptionType: undefined, eventType: 'contact.creation' };
    await arrive(place.log, { vendor: 'hubspot', body: [change(1), odd, change(3)] });
    expect(await place.json('redrive', '1')).toMatchObject([{ outcome: 'still_dead' }]);
    await arrive(place.log, { vendor: 'hubspot', body: [change(4), odd], wrong: { elements: 'results' } });
    expect(await place.run('redrive', '2')).toMatchObject({
      code: 1,
      stdout: expect.stringMatching('Element 1: Nothing'),
    });
    expect(await place.json('redrive', '2', '--partly')).toMatchObject([
      { outcome: 'redriven', events: { stored: 1 } },
    ]);
    expect(await place.json('tail')).toHaveLength(3);
    const half = `[${JSON.stringify(change(5))}, {no json}]`;
    await arrive(place.log, { vendor: 'hubspot', body: half, wrong: { type: 'kind' } });
    expect(await place.json('redrive', '3')).toMatchObject([{ outcome: 'redriven', events: { stored: 1 } }]);
    expect(await place.json('redrive', '4')).toMatchObject([{ outcome: 'still_dead' }]);
    expect(await place.json('tail')).toHaveLength(4);
  });

  it('store the other body of a known id as an event of its own, once', async () => {
    await using place = await makeEventsPlace();
    await arrive(place.log, { vendor: 'stripe', body: invoiceEvent('evt_1') });
    await arrive(place.log, { vendor: 'stripe', body: invoiceEvent('evt_1', 'invoice.voided') });
    expect(await place.json('redrive', '1')).toMatchObject([{ outcome: 'redriven', events: { stored: 1 } }]);
    expect((await place.json('tail')).map(({ type }) => type)).toEqual(['invoice.paid', 'invoice.voided']);
    expect(await place.json('dead-letters')).toEqual([]);
  });

  it('take all of a vendor, oldest first, when told twice', async () => {
    await using place = await makeEventsPlace();
    for (const id of ['evt_1', 'evt_2'])
      await arrive(place.log, { vendor: 'stripe', body: invoiceEvent(id), wrong: { type: 'kind' } });
    await arrive(place.log, { vendor: 'calcom', body: 'no JSON' });
    const all = ['redrive', '--all', '--vendor', 'stripe'];
    expect((await place.run(...all)).stderr).toMatch('--yes: Found 2 to redrive.');
    expect(await place.json(...all, '--yes')).toMatchObject([{ outcome: 'redriven' }, { outcome: 'redriven' }]);
    expect(eventIds(await place.json('tail'))).toEqual(['evt_1', 'evt_2']);
    expect(await place.json('dead-letters')).toMatchObject([{ vendor: 'calcom' }]);
  });
});

it.skipIf(!hasPostgres)('all of it works on DATABASE_URL', async () => {
  await using database = await makeDatabase();
  await using log = await openPostgresLog({ url: database.url });
  const env = { DATABASE_URL: database.url };
  const json = (...args: string[]) => jsonLines(runEvents([...args, '--json'], env));
  await arrive(log, { vendor: 'stripe', body: invoiceEvent('evt_1'), wrong: { type: 'kind' } });
  expect(await json('redrive', '1')).toMatchObject([{ outcome: 'redriven' }]);
  await readable(log, []);
  await expect.poll(() => json('tail'), { timeout: 10_000 }).toHaveLength(1);
  const [event] = await json('tail');
  expect(event).toMatchObject({ eventId: 'evt_1' });
  const id = String(event?.['id']);
  expect((await json('show', id))[0]).toMatchObject({ body: { id: 'evt_1' } });
  expect(await json('replay', '--until', id, '--yes')).toEqual([{ matched: 1, replayed: 1 }]);
  await expect.poll(() => json('tail'), { timeout: 10_000 }).toHaveLength(2);
  expect((await runEvents(['show', 'nothing'], env)).stderr).toMatch('<id>: Found "nothing"');
  const acts = await database.query('select principal, action from vendorgraph.audit order by id');
  expect(acts).toEqual([
    { principal: ME, action: 'redrive' },
    { principal: ME, action: 'replay' },
  ]);
});

describe('vendorgraph events repair', () => {
  it('ends every cursor of before, and keeps the events', async () => {
    await using place = await makeEventsPlace();
    await fiveDays(place);
    const before = await place.log.epoch();
    expect(await place.run('repair')).toMatchObject({ code: 1, stderr: expect.stringContaining('add --yes') });
    expect(await place.log.epoch()).toBe(before);
    expect(await place.run('repair', '--yes', '--reason', 'a backup')).toMatchObject({ code: 0, stderr: '' });
    expect(await place.log.epoch()).not.toBe(before);
    expect(eventIds(await place.json('tail'))).toHaveLength(5);
    expect(place.record()).toMatchObject([{ principal: ME, reason: 'a backup' }]);
  });

  it.skipIf(!hasPostgres)('works on Postgres', async () => {
    await using database = await makeDatabase();
    await using log = await openPostgresLog({ url: database.url });
    const before = await log.epoch();
    const ran = await runEvents(['repair', '--yes'], { DATABASE_URL: database.url });
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(await log.epoch()).not.toBe(before);
  });
});

describe('vendorgraph events consumers', () => {
  it('lists who keeps a place, and gives one up', async () => {
    await using place = await makeEventsPlace();
    await place.log.commitConsumer('key:app', 'sync/invoiceEvents', await place.log.head());
    expect(await place.json('consumers')).toEqual([
      { principal: 'key:app', name: 'sync/invoiceEvents', movedAt: expect.any(String) },
    ]);
    expect((await place.run('consumers', '--remove', 'sync/invoiceEvents')).stderr).toMatch('--principal together');
    const remove = ['consumers', '--remove', 'sync/invoiceEvents', '--principal', 'key:app', '--reason', 'left'];
    expect(await place.run(...remove)).toMatchObject({ code: 0, stdout: 'Removed.\n' });
    expect(await place.run(...remove)).toMatchObject({ code: 1, stdout: 'There is no such consumer.\n' });
    expect(place.record()).toMatchObject([{ principal: ME, action: 'remove-consumer', reason: 'left' }]);
  });
});
