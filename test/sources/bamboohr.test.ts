/** BambooHR has no client for JavaScript: fetch against the emulator, and a check of its signatures written from its documentation. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { signWebhook } from '../../sources/bamboohr/sandbox-signature.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';

const EMPLOYEES = '/api/v1/employees';

const startBamboo = (options: { rateFactor?: number; webhookBaseUrl?: string } = {}) =>
  startSandbox({ vendors: ['bamboohr'], ...options });

interface Row {
  employeeId: string;
  firstName: string | null;
  lastName: string | null;
  status: string;
  workEmail: string | null;
  mobilePhone: string | null;
  reportsToId: string | null;
  _restrictedFields: string[];
}

interface List {
  data: Row[];
  meta: { total: number; page: { limit: number; nextCursor: string | null; prevCursor: string | null } };
}

interface Call {
  query?: Record<string, string> | [string, string][];
  body?: unknown;
  headers?: Record<string, string>;
}

function call(sandbox: Sandbox, path: string, { query = {}, body, headers }: Call = {}): Promise<Response> {
  const { username, password } = sandbox.credentials.bamboohr ?? {};
  return fetch(`${sandbox.urls.bamboohr}${path}?${new URLSearchParams(query)}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
      accept: 'application/json',
      'content-type': 'application/json',
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

async function read<Answer = Record<string, unknown>>(
  sandbox: Sandbox,
  path: string,
  query: Call['query'] = {},
): Promise<Answer> {
  return (await call(sandbox, path, { query })).json() as Promise<Answer>;
}

async function control(
  sandbox: Sandbox,
  method: string,
  path: string,
  body?: unknown,
): Promise<Record<string, unknown>> {
  const response = await fetch(sandbox.controlUrl + path, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return (await response.json()) as Record<string, unknown>;
}

describe('the list of employees', () => {
  it('holds every employee once, page by page, and back again', async () => {
    await using sandbox = await startBamboo();
    const pages: List[] = [];
    for (let cursor: string | null = ''; cursor !== null; cursor = pages.at(-1)?.meta.page.nextCursor ?? null) {
      const after = cursor === '' ? {} : { 'page[after]': cursor };
      pages.push(await read<List>(sandbox, EMPLOYEES, { 'page[limit]': '25', ...after }));
    }
    const ids = pages.flatMap(({ data }) => data.map(({ employeeId }) => employeeId));
    expect(ids).toEqual(sandbox.world.employees.map(({ id }) => id));
    expect(pages.map(({ meta }) => meta.total)).toEqual(pages.map(() => ids.length));
    const before = pages.at(-1)?.meta.page.prevCursor ?? '';
    const back = await read<List>(sandbox, EMPLOYEES, { 'page[limit]': '25', 'page[before]': before });
    expect(back.data).toEqual(pages.at(-2)?.data);
  });

  it('shows work addresses, managers and other fields only when asked', async () => {
    await using sandbox = await startBamboo();
    const plain = await read<List>(sandbox, EMPLOYEES, { 'filter[ids]': '102' });
    expect(plain.data[0]).not.toHaveProperty('workEmail');
    const fields = 'workEmail,reportsToId,reportsToName,departmentName,nonsense';
    const asked = await read<List>(sandbox, EMPLOYEES, { 'filter[ids]': '102', fields });
    const employee = sandbox.world.employees.find(({ id }) => id === '102');
    const person = sandbox.world.people[employee?.personIndex ?? -1];
    expect(asked.data[0]).toMatchObject({
      workEmail: person?.spelling.bamboohr ?? person?.email,
      departmentName: employee?.department,
      reportsToId: employee?.supervisorId,
    });
    expect(asked.data[0]).not.toHaveProperty('nonsense');
  });

  it('reads a batch by id in either form and skips ids nobody has', async () => {
    await using sandbox = await startBamboo();
    const ids = async (query: Call['query']) =>
      (await read<List>(sandbox, EMPLOYEES, query)).data.map(({ employeeId }) => employeeId);
    expect(await ids({ 'filter[ids]': '103,101,9999' })).toEqual(['101', '103']);
    const repeated: [string, string][] = ['103', '101', '9999'].map((id) => ['filter[ids][]', id]);
    expect(await ids(repeated)).toEqual(['101', '103']);
  });

  it('filters by part of a name and by status', async () => {
    await using sandbox = await startBamboo();
    const { data } = await read<List>(sandbox, EMPLOYEES, { 'filter[lastName]': 'OKA', 'filter[firstName]': 'may' });
    expect(data.map(({ firstName, lastName }) => `${firstName} ${lastName}`)).toEqual(['Maya Okafor']);
    const inactive = await read<List>(sandbox, EMPLOYEES, { 'filter[status]': 'inactive' });
    expect(inactive.meta.total).toBe(sandbox.world.employees.filter(({ status }) => status === 'Inactive').length);
    expect(inactive.data.every(({ status }) => status === 'Inactive')).toBe(true);
  });

  it('sorts by several fields in both directions', async () => {
    await using sandbox = await startBamboo();
    const { data } = await read<List>(sandbox, EMPLOYEES, { sort: '-status,lastName' });
    const keys = data.map(({ status, lastName }) => `${status === 'Active' ? 1 : 0} ${lastName}`);
    expect(keys).toEqual(keys.toSorted((left, right) => left.localeCompare(right)));
  });

  it('shows a value the key may not see as null and names it', async () => {
    await using sandbox = await startBamboo();
    const { data } = await read<List>(sandbox, EMPLOYEES, { fields: 'mobilePhone,birthDate,reportsToId' });
    const restricted = data.filter(({ _restrictedFields }) => _restrictedFields.length > 0);
    expect(restricted).toMatchObject([
      { reportsToId: null, mobilePhone: null, birthDate: null, _restrictedFields: ['mobilePhone', 'birthDate'] },
    ]);
    const [chief] = restricted;
    const single = await read(sandbox, `${EMPLOYEES}/${chief?.employeeId}`, { fields: 'firstName,birthDate' });
    expect(single).toEqual({ id: chief?.employeeId, firstName: chief?.firstName });
  });

  it.each([
    [{ 'page[limit]': '2501' }, 'BadRequest'],
    [{ 'page[limit]': '0' }, 'BadRequest'],
    [{ 'page[after]': 'nonsense' }, 'BadPage'],
    [{ sort: 'birthDate' }, 'BadRequest'],
    [{ 'filter[status]': 'Active' }, 'BadRequest'],
    [{ 'filter[ids]': 'a' }, 'BadRequest'],
    [{ 'filter[workEmail]': 'x' }, 'BadRequest'],
  ])('refuses %o in the body, as %s', async (query, code) => {
    await using sandbox = await startBamboo();
    const response = await call(sandbox, EMPLOYEES, { query: { ...query } as Record<string, string> }); // one of the keys each
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code, message: expect.stringMatching(/\w/) } });
  });
});

describe('one employee', () => {
  it('has the fields asked for, or only the name', async () => {
    await using sandbox = await startBamboo();
    expect(await read(sandbox, `${EMPLOYEES}/101`)).toEqual({ id: '101', firstName: 'Maya', lastName: 'Okafor' });
    const fields = 'workEmail,displayName,department,supervisor,unknownField';
    const asked = await read(sandbox, `${EMPLOYEES}/101`, { fields });
    expect(asked).toMatchObject({ workEmail: 'maya.okafor@northwindlabs.com', displayName: 'Maya Okafor' });
    expect(Object.keys(asked)).toEqual(['id', 'workEmail', 'displayName', 'department', 'supervisor']);
  });

  it('is the owner of the key under id 0', async () => {
    await using sandbox = await startBamboo();
    expect(await read(sandbox, `${EMPLOYEES}/0`)).toMatchObject({ id: '101' });
  });

  it('that does not exist is a 404 whose reason stands in a header, the body empty', async () => {
    await using sandbox = await startBamboo();
    const response = await call(sandbox, `${EMPLOYEES}/9999`);
    expect([response.status, response.headers.get('x-bamboohr-message'), await response.text()]).toEqual([
      404,
      'Employee not found',
      '',
    ]);
  });

  it('can be asked for at most 400 fields', async () => {
    await using sandbox = await startBamboo();
    const fields = Array.from({ length: 401 }, (_, index) => `f${index}`).join(',');
    expect((await call(sandbox, `${EMPLOYEES}/101`, { query: { fields } })).status).toBe(400);
  });

  it('comes as XML to those who do not ask for JSON', async () => {
    await using sandbox = await startBamboo();
    const response = await call(sandbox, `${EMPLOYEES}/101`, { headers: { accept: '*/*' } });
    expect(await response.text()).toMatch(/^<\?xml .*<employee>.*Okafor/s);
  });
});

describe('writing', () => {
  it('adds an employee, told only by Location, who is then found, changed and in the ledger', async () => {
    await using sandbox = await startBamboo();
    const body = {
      firstName: 'Lena',
      lastName: 'Vogt',
      workEmail: 'lena.vogt@northwindlabs.com',
      jobTitle: 'Designer',
    };
    const created = await call(sandbox, EMPLOYEES, { body });
    expect([created.status, await created.text()]).toEqual([201, '']);
    const id = created.headers.get('location')?.split('/').at(-1) ?? '';
    const list = await read<List>(sandbox, EMPLOYEES, { 'filter[lastName]': 'vogt', fields: 'workEmail' });
    expect(list.data).toMatchObject([{ employeeId: id, workEmail: body.workEmail, jobTitleName: 'Designer' }]);

    const updated = await call(sandbox, `${EMPLOYEES}/${id}`, {
      body: { jobTitle: 'Lead Designer', division: 'Technology' },
    });
    expect([updated.status, await updated.text()]).toEqual([200, '']);
    const fields = 'jobTitleName,division,workEmail';
    expect(await read(sandbox, `${EMPLOYEES}/${id}`, { fields })).toMatchObject({
      jobTitleName: 'Lead Designer',
      division: 'Technology',
      workEmail: body.workEmail,
    });
    expect(await control(sandbox, 'GET', '/writes')).toMatchObject({
      total: 2,
      byVendor: {
        bamboohr: [
          { operation: 'createEmployee', id },
          { operation: 'updateEmployee', id },
        ],
      },
    });
  });

  it.each([
    [{ firstName: 'Lena' }, 400],
    [{ firstName: 'Lena', lastName: 'Vogt', workEmail: 'Maya.Okafor@northwindlabs.com' }, 409],
    [{ firstName: 'Lena', lastName: 'Vogt', hireDate: 'soon' }, 409],
  ])('refuses %o with %i and a reason in the header', async (body, status) => {
    await using sandbox = await startBamboo();
    const response = await call(sandbox, EMPLOYEES, { body });
    expect([response.status, await response.text()]).toEqual([status, '']);
    expect(response.headers.get('x-bamboohr-message')).toMatch(/\w/);
    expect(await control(sandbox, 'GET', '/writes')).toMatchObject({ total: 0 });
  });

  it('tells whom a write changed since an instant', async () => {
    await using sandbox = await startBamboo();
    const since = new Date(Date.now() - 1000).toISOString();
    await call(sandbox, `${EMPLOYEES}/105`, { body: { city: 'Lisbon' } });
    await call(sandbox, EMPLOYEES, { body: { firstName: 'Lena', lastName: 'Vogt' } });
    const { employees } = await read<{ employees: Record<string, unknown> }>(sandbox, `${EMPLOYEES}/changed`, {
      since,
      type: 'updated',
    });
    expect(employees['105']).toMatchObject({ id: '105', action: 'Updated' });
    expect(Object.values(employees)).not.toContainEqual(expect.objectContaining({ action: 'Inserted' }));
    expect((await call(sandbox, `${EMPLOYEES}/changed`)).status).toBe(400);
  });
});

describe('time off', () => {
  it('lists the requests that touch a span, of the status and employee asked for', async () => {
    await using sandbox = await startBamboo();
    const { timeOff } = sandbox.world;
    const span = { start: '2026-10-20', end: '2026-11-20' };
    const inSpan = timeOff.filter(({ start, end }) => start <= span.end && end >= span.start);
    const ids = async (query: Record<string, string>) =>
      (await read<{ id: number }[]>(sandbox, '/api/v1/time_off/requests', { ...span, ...query })).map(({ id }) =>
        String(id),
      );
    expect(await ids({})).toEqual(inSpan.map(({ id }) => id));
    const statuses = inSpan.filter(({ status }) => ['approved', 'denied'].includes(status));
    expect(await ids({ status: 'approved,denied' })).toEqual(statuses.map(({ id }) => id));
    const employeeId = inSpan[0]?.employeeId ?? '';
    expect(await ids({ employeeId })).toEqual(
      inSpan.filter((row) => row.employeeId === employeeId).map(({ id }) => id),
    );
  });

  it('spreads the amount over the days and leaves notes out when told', async () => {
    await using sandbox = await startBamboo();
    const entry = sandbox.world.timeOff.find(({ note, amount }) => note !== null && amount > 1);
    const query = { start: entry?.start ?? '', end: entry?.end ?? '', id: entry?.id ?? '' };
    const [request] = await read<Record<string, unknown>[]>(sandbox, '/api/v1/time_off/requests', query);
    const days = Object.keys(request?.['dates'] ?? {});
    expect([days[0], days.at(-1), days.length]).toEqual([entry?.start, entry?.end, entry?.amount]);
    expect(request).toMatchObject({
      notes: { employee: entry?.note },
      amount: { unit: 'days', amount: entry?.amount },
    });
    const [bare] = await read<Record<string, unknown>[]>(sandbox, '/api/v1/time_off/requests', {
      ...query,
      excludeNote: '1',
    });
    expect(bare).not.toHaveProperty('notes');
  });

  it('wants both ends of the span', async () => {
    await using sandbox = await startBamboo();
    const response = await call(sandbox, '/api/v1/time_off/requests', { query: { start: '2026-11-01' } });
    expect([response.status, response.headers.get('x-bamboohr-message')]).toEqual([
      400,
      expect.stringMatching(/dates/),
    ]);
  });

  it('says who is out, holidays among them, by day', async () => {
    await using sandbox = await startBamboo();
    const span = { start: '2026-12-01', end: '2026-12-31' };
    const rows = await read<{ id: number; type: string; start: string }[]>(sandbox, '/api/v1/time_off/whos_out', span);
    const away = sandbox.world.timeOff.filter(
      ({ status, start, end }) => status === 'approved' && start <= span.end && end >= span.start,
    );
    expect(
      rows
        .filter(({ type }) => type === 'timeOff')
        .map(({ id }) => String(id))
        .toSorted(),
    ).toEqual(away.map(({ id }) => id).toSorted());
    expect(rows.filter(({ type }) => type === 'holiday').map(({ start }) => start)).toEqual([
      '2026-12-25',
      '2026-12-26',
    ]);
    expect(rows.map(({ start }) => start)).toEqual(rows.map(({ start }) => start).toSorted());
  });
});

describe('fields, credentials and limits', () => {
  it('describes the account’s fields with the names requests use', async () => {
    await using sandbox = await startBamboo();
    const fields = await read<{ id: unknown; alias?: string }[]>(sandbox, '/api/v1/meta/fields');
    expect(fields.map(({ alias }) => alias)).toEqual(expect.arrayContaining(['workEmail', 'jobTitle', 'displayName']));
    expect(fields).toContainEqual(expect.objectContaining({ id: '4340.4' }));
  });

  it('refuses another key, and takes any password', async () => {
    await using sandbox = await startBamboo();
    const as = (user: string) => call(sandbox, EMPLOYEES, { headers: { authorization: `Basic ${btoa(user)}` } });
    const wrong = await as('wrong:x');
    expect([wrong.status, await wrong.text()]).toEqual([401, '']);
    expect((await as(`${sandbox.credentials.bamboohr?.['username']}:anything`)).status).toBe(200);
  });

  it('answers 429 with Retry-After while a fault says so', async () => {
    await using sandbox = await startBamboo();
    await control(sandbox, 'POST', '/faults', { vendor: 'bamboohr', kind: 'ratelimit', value: 3, times: 1 });
    const limited = await call(sandbox, EMPLOYEES);
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '3']);
    expect((await call(sandbox, EMPLOYEES)).status).toBe(200);
  });

  it('has a limit of its own', async () => {
    await using sandbox = await startBamboo({ rateFactor: 0.01 });
    const statuses = await Promise.all(Array.from({ length: 4 }, async () => (await call(sandbox, EMPLOYEES)).status));
    expect(statuses.toSorted()).toEqual([200, 200, 200, 429]);
  });
});

interface Received {
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

async function receive() {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer); // no encoding is set, so chunks are buffers
    received.push({ headers: request.headers, body: Buffer.concat(chunks).toString('utf8') });
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks`, // it listens on TCP
    received,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** As BambooHR documents it: hex HMAC-SHA256 with the private key over body and timestamp, one after the other. */
function isSigned({ headers, body }: Received, privateKey: string): boolean {
  const expected = createHmac('sha256', privateKey)
    .update(`${body}${headers['x-bamboohr-timestamp']}`, 'utf8')
    .digest();
  const given = Buffer.from(String(headers['x-bamboohr-signature']), 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

describe('webhooks', () => {
  const TYPES = ['employee.created', 'employee.updated', 'employee.deleted', 'company.updated'];

  it.each(TYPES)('signs %s over body and timestamp, so that no byte of either can change', async (type) => {
    await using receiver = await receive();
    await using sandbox = await startBamboo({ webhookBaseUrl: receiver.url });
    await control(sandbox, 'POST', '/emit', { vendor: 'bamboohr', type, count: 2 });
    const key = sandbox.webhookSecrets.bamboohr ?? '';
    expect(receiver.received.length).toBe(2);
    for (const delivery of receiver.received) {
      expect(isSigned(delivery, key)).toBe(true);
      expect(JSON.parse(delivery.body)).toMatchObject({ type, data: { companyId: expect.any(String) } });
      expect(isSigned({ ...delivery, body: delivery.body.replace('company', 'compony') }, key)).toBe(false);
      const later = { ...delivery.headers, 'x-bamboohr-timestamp': '2031-01-01T00:00:00Z' };
      expect(isSigned({ ...delivery, headers: later }, key)).toBe(false);
    }
  });

  it('tells of what a read then shows', async () => {
    await using receiver = await receive();
    await using sandbox = await startBamboo({ webhookBaseUrl: receiver.url });
    const happen = async (type: string) => {
      await control(sandbox, 'POST', '/emit', { vendor: 'bamboohr', type });
      return (
        JSON.parse(receiver.received.at(-1)?.body ?? '{}') as { data: { employeeId: string; changedFields?: string[] } }
      ).data;
    };
    const titleOf = async (id: string) =>
      (await read(sandbox, `${EMPLOYEES}/${id}`, { fields: 'jobTitle' }))['jobTitle'];
    const titles = new Map(
      await Promise.all(sandbox.world.employees.map(async ({ id }) => [id, await titleOf(id)] as const)),
    );
    const updated = await happen('employee.updated');
    expect(updated.changedFields).toContain('jobTitle');
    expect(await titleOf(updated.employeeId)).not.toBe(titles.get(updated.employeeId));
    const created = await happen('employee.created');
    expect((await call(sandbox, `${EMPLOYEES}/${created.employeeId}`)).status).toBe(200);
    const deleted = await happen('employee.deleted');
    expect((await call(sandbox, `${EMPLOYEES}/${deleted.employeeId}`)).status).toBe(404);
  });

  it('signs the example to the letter', () => {
    const { secret, timestamp, body, expected } = fixture('webhook-vector');
    expect(signWebhook({ secret, timestamp, body })).toEqual(expected);
  });

  it('keeps an example delivery whose signature holds', () => {
    const { secret, headers, body } = fixture('signed-delivery');
    const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
    expect(isSigned({ headers: lower, body }, secret)).toBe(true);
  });
});

interface Fixture {
  secret: string;
  timestamp: string;
  body: string;
  headers: Record<string, string>;
  expected: Record<string, string>;
}

function fixture(name: string): Fixture {
  return JSON.parse(readFileSync(new URL(`../../sources/bamboohr/fixtures/${name}.json`, import.meta.url), 'utf8'));
}
