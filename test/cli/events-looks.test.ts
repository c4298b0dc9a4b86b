/** `vendorgraph events tail|show|verify-signature`, as a person runs them. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import signed from '../../sources/stripe/fixtures/signed-delivery.json' with { type: 'json' };
import { startGatewayUnderTest } from '../gateway-under-test.ts';
import { runCommand } from '../start/running-command.ts';
import { arrive, invoiceEvent, makeEventsPlace, runEvents } from './events-place.ts';

describe('vendorgraph events tail', () => {
  it('prints the newest events in their order, by vendor and type, and nothing of their bodies', async () => {
    await using place = await makeEventsPlace();
    for (let index = 0; index < 4; index += 1)
      await arrive(place.log, { vendor: 'stripe', body: invoiceEvent(`evt_${index}`) });
    await arrive(place.log, { vendor: 'stripe', body: invoiceEvent('evt_4', 'customer.created') });
    const body = { type: 'employee.updated', timestamp: '2026-11-20T09:00:00Z', data: { employeeId: '7' } };
    await arrive(place.log, { vendor: 'bamboohr', body });
    const ids = async (...args: string[]) => (await place.json('tail', ...args)).map(({ eventId }) => eventId);
    expect(await ids('--vendor', 'stripe', '--limit', '2')).toEqual(['evt_3', 'evt_4']);
    expect(await ids('--type', 'invoice.*', '--limit', '3')).toEqual(['evt_1', 'evt_2', 'evt_3']);
    const { stdout, code } = await place.run('tail');
    expect(stdout.trimEnd().split('\n')).toHaveLength(6);
    expect(stdout).toMatch(/T[\d:.]+Z {2}bamboohr {2}employee\.updated .*\n$/);
    expect(stdout).not.toMatch(/ada|Lindqvist/i);
    expect(code).toBe(0);
  });

  it('goes on with what a running gateway takes in, until Ctrl+C', async () => {
    await using place = await makeEventsPlace();
    const env = { VENDORGRAPH_DATA_DIR: place.dataDir };
    await using running = await startGatewayUnderTest({ env });
    await running.control('PUT', '/webhooks', { url: `${running.gateway.url}/webhooks` });
    await running.control('POST', '/emit', { vendor: 'stripe', type: 'invoice.paid' });
    await using tail = runCommand(['events', 'tail', '--follow'], { env });
    await tail.printed(/stripe .*invoice\.paid/);
    await running.control('POST', '/emit', { vendor: 'calcom', type: 'BOOKING_CREATED' });
    await tail.printed(/calcom .*BOOKING_CREATED/);
    tail.kill('SIGINT');
    expect(await tail.ended).toEqual({ code: 0, signal: null });
    expect(tail.stderr()).toBe('');
  });

  it('makes no log where none is, and says where it looked', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'events-none-'));
    const { stderr, code } = await runEvents(['tail'], { VENDORGRAPH_DATA_DIR: dataDir });
    expect(stderr).toMatch(`${dataDir}/events.db  Found no event log. Name the data folder`);
    expect(code).toBe(1);
    expect(existsSync(join(dataDir, 'events.db'))).toBe(false);
    rmSync(dataDir, { recursive: true });
  });

  it('knows the graph’s vendors', async () => {
    await using place = await makeEventsPlace();
    const { stderr, code } = await place.run('tail', '--vendor', 'strype');
    expect(stderr).toMatch('--vendor: Found "strype", expected one of hubspot, stripe,');
    expect(code).toBe(1);
  });
});

describe('vendorgraph events show', () => {
  it('shows the shape of an event and of its delivery, and of their values only type, ids and time', async () => {
    await using place = await makeEventsPlace();
    const secretive = { phone: '+46 70 123 45 67', score: 715, list: [{ note: 'called twice' }], born: true };
    const named = { 'ada@example.com': 1, '+46701234567': 2 };
    const body = invoiceEvent('evt_1', 'invoice.paid', { secretive, named });
    const delivery = await arrive(place.log, { vendor: 'stripe', body });
    const [event] = await place.json('tail');
    for (const id of [String(event?.['id']), delivery]) {
      const [shown] = await place.json('show', id);
      expect(shown?.['body']).toEqual({
        id: 'evt_1',
        object: '<text, 5>',
        type: 'invoice.paid',
        created: 1_795_000_000,
        data: { object: { id: 'in_of_evt_1', customer_email: '<text, 25>', customer_name: '<text, 13>' } },
        secretive: { phone: '<text, 16>', score: '<number>', list: [{ note: '<text, 12>' }], born: '<boolean>' },
        named: { '<name 1>': '<number>', '<name 2>': '<number>' },
      });
      const { stdout } = await place.run('show', id);
      expect(stdout).not.toMatch(/ada|lindqvist|4670|\+46|715|called/i);
      expect((await place.run('show', id, '--raw')).stdout).toBe(JSON.stringify(body));
    }
  });

  it('shows no address that stands where an id is expected', async () => {
    await using place = await makeEventsPlace();
    await arrive(place.log, {
      vendor: 'stripe',
      body: invoiceEvent('evt_1', 'invoice.paid', { data: { object: { id: 'ada@example.com' } } }),
    });
    const [event] = await place.json('tail');
    expect((await place.run('show', String(event?.['id']))).stdout).not.toMatch('ada@');
  });

  it('shows each element of a batch, and why one is not readable', async () => {
    await using place = await makeEventsPlace();
    const change = {
      eventId: 1,
      subscriptionId: 2,
      occurredAt: 1_795_000_000_000,
      subscriptionType: 'contact.creation',
      objectId: 77,
      propertyValue: 'Ada',
    };
    const id = await arrive(place.log, { vendor: 'hubspot', body: `[${JSON.stringify(change)}, {no json}]` });
    const [shown] = await place.json('show', id);
    expect(shown?.['body']).toMatchObject([{ objectId: 77, propertyValue: '<text, 3>' }, '<unreadable>']);
    expect(JSON.stringify(shown)).not.toMatch(/Ada|no json/);
  });

  it('says what id it cannot find, in which log', async () => {
    await using place = await makeEventsPlace();
    const { stderr, code } = await place.run('show', 'evt_1');
    expect(stderr).toMatch(
      /<id>: Found "evt_1", expected the id of an event or of a delivery in sqlite .*events\.db\./,
    );
    expect(code).toBe(1);
  });
});

describe('vendorgraph events verify-signature', () => {
  it('says which secret made a signature, and what is wrong with one that none did', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'events-signature-'));
    const [headers, body, other] = ['headers', 'body', 'other'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    writeFileSync(
      headers,
      Object.entries(signed.headers)
        .map((pair) => `< ${pair.join(': ')}\r\n`)
        .join(''),
    );
    writeFileSync(body, signed.body);
    writeFileSync(other, `${signed.body}\n`);
    const at = new Date(Number(/t=(\d+)/.exec(signed.headers['stripe-signature'])?.[1]) * 1_000).toISOString();
    const env = { STRIPE_WEBHOOK_SECRET: signed.secret };
    const verify = (file: string, more: string[], environment: Record<string, string> = env) =>
      runEvents(['verify-signature', '--vendor', 'stripe', '--headers', headers, '--body', file, ...more], environment);
    const good = await verify(body, ['--at', at]);
    expect(good).toMatchObject({ code: 0, stdout: expect.stringMatching('Verified with the secret "default".') });
    expect(await verify(body, [])).toMatchObject({
      code: 1,
      stdout: expect.stringMatching('its time is too long ago'),
    });
    const changed = await verify(other, ['--at', at]);
    expect(changed).toMatchObject({ code: 1, stdout: expect.stringMatching('verifies without its last line end') });
    const unset = await verify(body, [], {});
    expect(unset).toMatchObject({
      code: 1,
      stderr: expect.stringMatching('secret://env/STRIPE_WEBHOOK_SECRET is not set'),
    });
    expect(await verify(join(folder, 'none'), [])).toMatchObject({
      stderr: expect.stringMatching('--body: Found no file'),
    });
    for (const { stdout, stderr } of [good, changed, unset]) expect(stdout + stderr).not.toMatch(signed.secret);
    rmSync(folder, { recursive: true });
  });
});
