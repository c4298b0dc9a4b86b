/** The Zendesk emulator under the community's own client, node-zendesk. */
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import zendesk from 'node-zendesk';
import { describe, expect, it } from 'vitest';
import { EVENT_TYPES, sign } from '../../sources/zendesk/sandbox-webhooks.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { startWebhookReceiver } from './webhook-receiver.ts';

const ADA = 'ada.lindqvist@brightforge.io';

const start = (options: Parameters<typeof startSandbox>[0] = {}) => startSandbox({ vendors: ['zendesk'], ...options });

function createClient(sandbox: Sandbox, token = sandbox.credentials.zendesk?.['password'] ?? '') {
  return zendesk.createClient({
    // The client appends /token by itself.
    username: (sandbox.credentials.zendesk?.['username'] ?? '').replace(/\/token$/, ''),
    token,
    endpointUri: `${sandbox.urls.zendesk}/api/v2`,
    throwOriginalException: true,
  });
}

async function call(sandbox: Sandbox, path: string, init: RequestInit = {}) {
  const { username, password } = sandbox.credentials.zendesk ?? {};
  const response = await fetch(`${sandbox.urls.zendesk}${path}`, {
    ...init,
    headers: {
      authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
      'content-type': 'application/json',
      ...init.headers,
    },
  });
  // The tests know which answer they asked for.
  return { status: response.status, headers: response.headers, json: (await response.json()) as Answer };
}

type Row = Record<string, unknown> & { id: number };

interface Answer {
  ticket: Row;
  user: Row;
  organization: Row;
  tickets: Row[];
  users: Row[];
  organizations: Row[];
  results: (Row & { result_type: string; created_at: string })[];
  count: number;
  next_page: string | null;
  meta: { has_more: boolean; after_cursor: string | null };
  links: { next: string | null };
}

async function control(sandbox: Sandbox, method: string, path: string, body?: unknown) {
  const response = await fetch(`${sandbox.controlUrl}${path}`, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  expect(response.status).toBe(200);
  return response.json();
}

async function writesOf(sandbox: Sandbox): Promise<{ operation: string; id: string }[]> {
  const { byVendor } = (await control(sandbox, 'GET', '/writes')) as {
    byVendor: { zendesk?: { operation: string; id: string }[] };
  };
  return byVendor.zendesk ?? [];
}

const find = (sandbox: Sandbox, query: string, rest = '') =>
  call(sandbox, `/api/v2/search?query=${encodeURIComponent(query)}${rest}`).then(({ json }) => json);

const readFixture = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../sources/zendesk/fixtures/${name}.json`, import.meta.url), 'utf8'));

const namesOf = (value: object | undefined) => Object.keys(value ?? {}).sort();

describe('reads', () => {
  it('lists every ticket of the world by cursors and every user by the client’s paging', async () => {
    await using sandbox = await start();
    const client = createClient(sandbox);
    const tickets = await client.tickets.list();
    expect(new Set(tickets.map(({ id }) => id))).toEqual(new Set(sandbox.world.tickets.map(({ id }) => id)));
    const { people, companies } = sandbox.world;
    expect(await client.users.list()).toHaveLength(people.filter(({ ids }) => ids.zendesk !== undefined).length);
    expect(await client.organizations.list()).toHaveLength(
      companies.filter(({ ids }) => ids.zendesk !== undefined).length,
    );
  });

  it('resumes after the row of any cursor, and marks the end by has_more alone', async () => {
    await using sandbox = await start();
    const seen: number[] = [];
    let after: string | null = '';
    for (let more = true; more; ) {
      const { json } = await call(
        sandbox,
        `/api/v2/tickets?page[size]=70&page[after]=${encodeURIComponent(after ?? '')}&sort=-updated_at`,
      );
      seen.push(...json.tickets.map(({ id }) => id));
      more = json.meta.has_more;
      expect(json.links.next === null).toBe(!more);
      after = json.meta.after_cursor;
    }
    expect(after).not.toBeNull();
    const byUpdate = sandbox.world.tickets.toSorted(
      (one, other) =>
        Date.parse(other.updatedAt.slice(0, 19)) - Date.parse(one.updatedAt.slice(0, 19)) || other.id - one.id,
    );
    expect(seen).toEqual(byUpdate.map(({ id }) => id));
  });

  it('loses and repeats no row where many are equal in the order', async () => {
    await using sandbox = await start();
    const seen: number[] = [];
    for (let path = '/api/v2/tickets?page[size]=50&sort=status'; path !== ''; ) {
      const { json } = await call(sandbox, path);
      seen.push(...json.tickets.map(({ id }) => id));
      path = json.links.next?.slice(sandbox.urls.zendesk.length) ?? '';
    }
    expect(seen.toSorted()).toEqual(sandbox.world.tickets.map(({ id }) => id).toSorted());
  });

  it('refuses pages above 100 rows, foreign cursors and unknown orders', async () => {
    await using sandbox = await start();
    for (const query of ['page[size]=101', 'page[size]=5&page[after]=bm9wZQ==', 'page[size]=5&sort=colour']) {
      const { status, json } = await call(sandbox, `/api/v2/tickets?${query}`);
      expect(status).toBe(400);
      expect(json).toMatchObject({ errors: [{ code: 'InvalidPaginationParameter' }] });
    }
  });

  it('shows a ticket, its comments, its requester and their organization', async () => {
    await using sandbox = await start();
    const client = createClient(sandbox);
    const [world] = sandbox.world.tickets;
    const { result: ticket } = (await client.tickets.show(world?.id ?? 0)) as unknown as { result: Row };
    expect(ticket).toMatchObject({ subject: world?.subject, status: world?.status, description: world?.description });
    expect(namesOf(ticket)).toEqual(namesOf(readFixture('ticket').ticket));
    const comments: Row[] = await client.tickets.getComments(ticket.id);
    expect(comments.map(({ body }) => body)).toEqual(world?.comments.map(({ body }) => body));
    const requested = await client.tickets.listByUserRequested(Number(ticket['requester_id']));
    expect(requested.map(({ id }) => id)).toContain(ticket.id);
  });

  it('lists an organization’s tickets, and nobody else’s', async () => {
    await using sandbox = await start();
    const { results } = await find(sandbox, 'type:organization domain_names:brightforge.io');
    const organization = results[0]?.id ?? 0;
    const tickets = await createClient(sandbox).tickets.listByOrganization(organization);
    expect(tickets.length).toBeGreaterThan(4);
    expect(tickets.every(({ organization_id }) => organization_id === organization)).toBe(true);
    const { json } = await call(sandbox, '/api/v2/organizations?page[size]=1');
    const fixture = readFixture('organizations-page');
    expect(namesOf(json)).toEqual(namesOf(fixture));
    expect(namesOf(json.organizations[0])).toEqual(namesOf(fixture.organizations[0]));
  });

  it('leaves unknown ids out of show_many, and refuses more than 100', async () => {
    await using sandbox = await start();
    const [first, second] = sandbox.world.tickets.map(({ id }) => id);
    const client = createClient(sandbox);
    const { result } = await client.tickets.showMany([second ?? 0, 1, first ?? 0]);
    expect((result as unknown as Row[]).map(({ id }) => id)).toEqual([first, second]);
    const company = sandbox.world.companies.find(({ ids }) => ids.zendesk !== undefined && ids.hubspot !== undefined);
    const byExternalId = (await client.organizations.showManyByExternalIds([company?.ids.hubspot ?? '', 'x'])) as Row[];
    expect(byExternalId).toMatchObject([{ id: company?.ids.zendesk }]);
    const { status } = await call(sandbox, `/api/v2/users/show_many?ids=${Array(101).fill('1').join(',')}`);
    expect(status).toBe(400);
  });

  it('has null where a ticket lacks something', async () => {
    await using sandbox = await start();
    const tickets = (await call(sandbox, '/api/v2/tickets?page[size]=100')).json.tickets;
    for (const property of ['priority', 'type', 'assignee_id', 'external_id']) {
      expect(tickets.some((ticket) => ticket[property] === null)).toBe(true);
    }
  });
});

describe('search', () => {
  it('finds a user by address in any spelling', async () => {
    await using sandbox = await start();
    const answer = await find(sandbox, `type:user email:${ADA.toUpperCase()}`);
    expect(answer.results).toMatchObject([{ result_type: 'user', name: 'Ada Lindqvist', role: 'end-user' }]);
    const fixture = readFixture('user-search');
    expect(namesOf(answer)).toEqual(namesOf(fixture));
    expect(namesOf(answer.results[0])).toEqual(namesOf(fixture.results[0]));
  });

  it('finds the tickets of several requesters at once', async () => {
    await using sandbox = await start();
    const { people, tickets } = sandbox.world;
    const ada = people.find(({ email }) => email === ADA);
    const other = people.find(
      ({ index }) => index !== ada?.index && tickets.some(({ requesterIndex }) => requesterIndex === index),
    );
    const { count } = await find(sandbox, `type:ticket requester:${ADA} requester:${other?.email}`);
    const expected = tickets.filter(({ requesterIndex: by }) => by === ada?.index || by === other?.index);
    expect(count).toBe(expected.length);
    expect(expected.length).toBeGreaterThan(4);
  });

  it('compares states, priorities and days, and excludes with a minus', async () => {
    await using sandbox = await start();
    const { tickets } = sandbox.world;
    const unsolved = tickets.filter(({ status }) => status !== 'solved' && status !== 'closed');
    expect((await find(sandbox, 'type:ticket status<solved')).count).toBe(unsolved.length);
    expect((await find(sandbox, 'type:ticket -status:solved -status:closed')).count).toBe(unsolved.length);
    const urgent = tickets.filter(({ priority }) => priority === 'urgent' || priority === 'high');
    expect((await find(sandbox, 'type:ticket priority>normal')).count).toBe(urgent.length);
    const october = tickets.filter(({ createdAt }) => createdAt.startsWith('2026-10'));
    expect((await find(sandbox, 'type:ticket created>=2026-10-01 created<2026-11-01')).count).toBe(october.length);
    expect(october.length).toBeGreaterThan(0);
    expect((await find(sandbox, 'type:ticket email:x@example.com')).count).toBe(0);
  });

  it('takes quoted names and free words', async () => {
    await using sandbox = await start();
    const company = sandbox.world.companies.find(({ name, ids }) => name.includes(' ') && ids.zendesk !== undefined);
    const { results } = await find(sandbox, `type:user organization:"${company?.name}"`);
    expect(results.every(({ organization_id }) => organization_id === company?.ids.zendesk)).toBe(true);
    expect(results.length).toBeGreaterThan(0);
    expect((await find(sandbox, 'ada lindqvist')).results).toMatchObject([{ result_type: 'user', email: ADA }]);
  });

  it('puts the newest first unless an order is given, in the expression or beside it', async () => {
    await using sandbox = await start();
    const dates = async (query: string, rest = '') =>
      (await find(sandbox, query, rest)).results.map((row) => row.created_at);
    const newest = await dates('type:ticket', '&per_page=100');
    expect(newest).toEqual(newest.toSorted().toReversed());
    const oldest = await dates('type:ticket order_by:created_at sort:asc', '&per_page=100');
    expect(oldest).toEqual(oldest.toSorted());
    expect(await dates('type:ticket', '&sort_by=created_at&sort_order=asc&per_page=100')).toEqual(oldest);
  });

  it('pages to the end through next_page, and no further than 10,000 rows', async () => {
    await using sandbox = await start();
    const found = await createClient(sandbox).search.queryAll('type:ticket');
    expect(found).toHaveLength(sandbox.world.tickets.length);
    const { status, json } = await call(sandbox, '/api/v2/search?query=type:ticket&page=101&per_page=100');
    expect({ status, json }).toMatchObject({ status: 422, json: { error: 'invalid' } });
  });

  it('finds users by external id', async () => {
    await using sandbox = await start();
    const person = sandbox.world.people.find(({ ids }) => ids.zendesk !== undefined && ids.hubspot !== undefined);
    const found = await createClient(sandbox).users.search({ external_id: person?.ids.hubspot });
    expect(found).toMatchObject([{ id: person?.ids.zendesk }]);
  });
});

describe('writes', () => {
  it('opens a ticket for a new requester, answers it, solves it, and shows each write once', async () => {
    await using sandbox = await start();
    const client = createClient(sandbox);
    const requester = { name: 'Noor Halabi', email: 'noor@brightforge.io' };
    const ticket = { subject: 'No sound', comment: { body: 'The speaker is silent.' }, requester };
    const { result } = (await client.tickets.create({ ticket: ticket as object })) as unknown as { result: Row };
    expect(result).toMatchObject({ status: 'new', subject: 'No sound', description: 'The speaker is silent.' });
    const { results } = await find(sandbox, 'type:user email:noor@brightforge.io');
    // The address's domain is Brightforge's: a new user joins the organization by themselves.
    expect(results).toMatchObject([{ id: result['requester_id'], organization_id: result['organization_id'] }]);
    expect(result['organization_id']).not.toBeNull();

    const change = { status: 'solved' as const, comment: { body: 'Plugged in.', public: false } };
    await client.tickets.update(result.id, { ticket: change });
    const { ticket: solved } = (await call(sandbox, `/api/v2/tickets/${result.id}`)).json;
    expect(solved['status']).toBe('solved');
    const comments: Row[] = await client.tickets.getComments(result.id);
    expect(comments).toMatchObject([
      { body: 'The speaker is silent.', public: true, author_id: result['requester_id'] },
      { body: 'Plugged in.', public: false },
    ]);
    expect(await writesOf(sandbox)).toMatchObject([
      { operation: 'createTicket', id: String(result.id) },
      { operation: 'updateTicket', id: String(result.id) },
    ]);
  });

  it('opens one ticket for a repeated idempotency key, and refuses the key with another body', async () => {
    await using sandbox = await start();
    const open = (body: string) =>
      call(sandbox, '/api/v2/tickets', {
        method: 'POST',
        headers: { 'idempotency-key': 'k1' },
        body: JSON.stringify({ ticket: { subject: 'Once', comment: { body } } }),
      });
    const first = await open('a');
    const second = await open('a');
    expect(second.json.ticket.id).toBe(first.json.ticket.id);
    expect([first, second].map(({ headers }) => headers.get('x-idempotency-lookup'))).toEqual(['miss', 'hit']);
    expect(await open('b')).toMatchObject({ status: 400, json: { error: 'IdempotentRequestError' } });
    expect(await writesOf(sandbox)).toHaveLength(1);
  });

  it('refuses what is not valid in the words of a RecordInvalid, and changes nothing', async () => {
    await using sandbox = await start();
    const put = (id: number, ticket: object) =>
      call(sandbox, `/api/v2/tickets/${id}`, { method: 'PUT', body: JSON.stringify({ ticket }) });
    const open = sandbox.world.tickets.find(({ status }) => status === 'open')?.id ?? 0;
    const closed = sandbox.world.tickets.find(({ status }) => status === 'closed')?.id ?? 0;
    expect(await put(open, { status: 'gone', subject: 'Changed' })).toMatchObject({
      status: 422,
      json: { error: 'RecordInvalid', details: { status: [{ error: 'InvalidValue' }] } },
    });
    expect(await put(open, { assignee_id: 1 })).toMatchObject({
      status: 422,
      json: { details: { assignee_id: [{}] } },
    });
    expect(await put(closed, { status: 'open' })).toMatchObject({ status: 422 });
    expect(
      await put(open, { subject: 'Late', safe_update: true, updated_stamp: '2020-01-01T00:00:00Z' }),
    ).toMatchObject({
      status: 409,
      json: { error: 'UpdateConflict' },
    });
    expect((await call(sandbox, `/api/v2/tickets/${open}`)).json.ticket['subject']).not.toMatch(/Changed|Late/);
    expect(await call(sandbox, '/api/v2/tickets', { method: 'POST', body: '{"ticket":{}}' })).toMatchObject({
      status: 422,
    });
    expect(await writesOf(sandbox)).toEqual([]);
  });

  it('adds, changes and upserts users and organizations', async () => {
    await using sandbox = await start();
    const client = createClient(sandbox);
    const { result: made } = (await client.organizations.create({
      organization: { name: 'Moss & Sons', domain_names: ['moss.dev'] },
    })) as { result: Row };
    await client.organizations.update(made.id, { organization: { notes: 'Pays late' } });
    expect((await call(sandbox, `/api/v2/organizations/${made.id}`)).json.organization['notes']).toBe('Pays late');
    const user = { name: 'Ivo Moss', email: 'ivo@moss.dev' };
    const { result: ivo } = (await client.users.create({ user })) as unknown as { result: Row };
    expect(ivo['organization_id']).toBe(made.id);
    await expect(client.users.create({ user })).rejects.toMatchObject({
      statusCode: 422,
      result: { error: 'RecordInvalid', details: { email: [{ error: 'DuplicateValue' }] } },
    });
    const { result: again } = (await client.users.createOrUpdate({
      user: { ...user, phone: '+1 555 0100' },
    })) as unknown as { result: Row };
    expect(again).toMatchObject({ id: ivo.id, phone: '+1 555 0100' });
    await client.users.update(ivo.id, { user: { notes: 'Prefers calls' } });
    expect((await call(sandbox, `/api/v2/users/${ivo.id}`)).json.user['notes']).toBe('Prefers calls');
  });
});

describe('refusals', () => {
  it('refuses a wrong token', async () => {
    await using sandbox = await start();
    await expect(createClient(sandbox, 'wrong').tickets.list()).rejects.toMatchObject({
      statusCode: 401,
      result: { error: "Couldn't authenticate you" },
    });
  });

  it('says RecordNotFound for a ticket that does not exist, and InvalidEndpoint for a path that does not', async () => {
    await using sandbox = await start();
    await expect(createClient(sandbox).tickets.show(1)).rejects.toMatchObject({
      statusCode: 404,
      result: readFixture('record-not-found'),
    });
    expect(await call(sandbox, '/api/v2/nothing')).toMatchObject({ status: 404, json: { error: 'InvalidEndpoint' } });
  });

  it('tells the client to wait when the limit is a fault’s', async () => {
    await using sandbox = await start();
    await control(sandbox, 'POST', '/faults', { vendor: 'zendesk', kind: 'ratelimit', value: 7, times: 2 });
    // The client returns this one error instead of throwing it.
    const { result } = (await createClient(sandbox).tickets.show(1)) as unknown as { result: unknown };
    expect(result).toMatchObject({ statusCode: 429 });
    const { status, headers } = await call(sandbox, '/api/v2/tickets/1');
    expect([status, headers.get('retry-after'), headers.get('x-rate-limit-remaining')]).toEqual([429, '7', '0']);
  });

  it('counts 700 calls a minute, shows what is left, and starts anew after the minute', async () => {
    let now = Date.parse('2026-11-02T09:00:00Z');
    await using sandbox = await start({ rateFactor: 0.01, now: () => now });
    const answers = [];
    for (let index = 0; index < 8; index += 1) answers.push(await call(sandbox, '/api/v2/tickets?page[size]=1'));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200, 200, 429]);
    expect(answers.map(({ headers }) => headers.get('ratelimit-remaining'))).toEqual([
      '6',
      '5',
      '4',
      '3',
      '2',
      '1',
      '0',
      '0',
    ]);
    expect(answers[0]?.headers.get('zendesk-ratelimit-tickets-index')).toBe('total=7; remaining=6; resets=60');
    expect(answers[7]?.headers.get('retry-after')).toBe('60');
    now += 60_000;
    expect((await call(sandbox, '/api/v2/tickets?page[size]=1')).status).toBe(200);
  });

  it('counts changes of tickets by themselves, 100 a minute', async () => {
    await using sandbox = await start({ rateFactor: 0.02, now: () => Date.parse('2026-11-02T09:00:00Z') });
    const open = sandbox.world.tickets.find(({ status }) => status === 'open')?.id;
    const put = () =>
      call(sandbox, `/api/v2/tickets/${open}`, { method: 'PUT', body: '{"ticket":{"priority":"low"}}' });
    expect([await put(), await put(), await put()].map(({ status }) => status)).toEqual([200, 200, 429]);
    expect((await call(sandbox, `/api/v2/tickets/${open}`)).status).toBe(200);
  });
});

describe('webhooks', () => {
  /** Zendesk publishes no verifier: this one is written from its documentation. */
  function isGenuine({
    secret,
    headers,
    body,
  }: {
    secret: string;
    headers: Record<string, string>;
    body: string;
  }): boolean {
    const timestamp = headers['x-zendesk-webhook-signature-timestamp'] ?? '';
    const expected = createHmac('sha256', secret).update(timestamp).update(Buffer.from(body)).digest('base64');
    return headers['x-zendesk-webhook-signature'] === expected;
  }

  it('signs as the vector says', () => {
    const { secret, timestamp, body, expected } = readFixture('webhook-vector');
    expect(sign(secret, timestamp, body)).toBe(expected['X-Zendesk-Webhook-Signature']);
  });

  it('keeps a signed delivery that still verifies, and does not with another byte or secret', () => {
    const delivery = readFixture('signed-delivery');
    expect(isGenuine(delivery)).toBe(true);
    expect(isGenuine({ ...delivery, body: delivery.body.replace('account_id', 'account_ie') })).toBe(false);
    expect(isGenuine({ ...delivery, secret: 'other' })).toBe(false);
  });

  it.each(EVENT_TYPES)('sends %s signed, about a change that can be read afterwards', async (type) => {
    await using receiver = await startWebhookReceiver();
    await using sandbox = await start({ webhookBaseUrl: receiver.url });
    expect(await control(sandbox, 'POST', '/emit', { vendor: 'zendesk', type })).toMatchObject({
      deliveries: [{ type, status: 200 }],
    });
    const [webhook] = receiver.received;
    const secret = sandbox.webhookSecrets.zendesk ?? '';
    expect(webhook?.path).toBe('/zendesk');
    expect(isGenuine({ secret, headers: {}, body: '', ...webhook })).toBe(true);

    const event = JSON.parse(webhook?.body ?? '{}') as {
      type: string;
      subject: string;
      detail: Record<string, unknown>;
    };
    expect(event.type).toBe(type);
    const [, kind = '', id] = event.subject.split(':');
    const { json } = await call(sandbox, `/api/v2/${kind}s/${id}`);
    const now = kind === 'ticket' ? json.ticket : kind === 'user' ? json.user : json.organization;
    expect(String(now.id)).toBe(event.detail['id']);
    expect(now['updated_at']).toBe(event.detail['updated_at']);
    if (kind === 'ticket') expect(String(now['status']).toUpperCase()).toBe(event.detail['status']);
  });

  it('tells the state before and after', async () => {
    await using receiver = await startWebhookReceiver();
    await using sandbox = await start({ webhookBaseUrl: receiver.url });
    const type = 'zen:event-type:ticket.status_changed';
    await control(sandbox, 'POST', '/emit', { vendor: 'zendesk', type, count: 5 });
    for (const { body } of receiver.received) {
      const { detail, event } = JSON.parse(body);
      const before = sandbox.world.tickets.find(({ id }) => String(id) === detail.id);
      expect(event).toEqual({ previous: before?.status.toUpperCase(), current: detail.status });
      expect(event.current).not.toBe(event.previous);
    }
    expect(receiver.received).toHaveLength(5);
  });
});
