/** HubSpot's emulator against HubSpot's own client and its own signature check. */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client, Signature } from '@hubspot/api-client';
import { describe, expect, it } from 'vitest';
import { signV1, signV3 } from '../../sources/hubspot/sandbox-signature.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/sandbox.ts';

// The client's operators are an enum it does not export from its root.
const filter = (propertyName: string, operator: string, rest: object = {}) =>
  ({ propertyName, operator, ...rest }) as never;

interface Failure {
  code: number;
  body: Record<string, unknown>;
  headers: Record<string, string>;
}

async function start(options: SandboxOptions = {}): Promise<Sandbox & { client: Client }> {
  const sandbox = await startSandbox({ vendors: ['hubspot'], ...options });
  return Object.assign(sandbox, { client: clientOf(sandbox, sandbox.credentials['hubspot']?.['token'] ?? '') });
}

/** Without the client's own waits between calls and without its retries. */
function clientOf(sandbox: Sandbox, accessToken: string): Client {
  return new Client({
    accessToken,
    basePath: sandbox.urls.hubspot,
    numberOfApiCallRetries: 0,
    limiterOptions: { minTime: 0, maxConcurrent: 10 },
  });
}

async function failureOf(promise: Promise<unknown>): Promise<Failure> {
  return promise.then(
    () => expect.unreachable('the call should have failed'),
    (error: unknown) => error as Failure,
  );
}

async function control(
  sandbox: Sandbox,
  method: string,
  path: string,
  body?: unknown,
): Promise<Record<string, unknown>> {
  const response = await fetch(`${sandbox.controlUrl}${path}`, {
    method,
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  expect(response.status).toBe(200);
  return (await response.json()) as Record<string, unknown>;
}

/** For what the client cannot send. */
async function call(sandbox: Sandbox, method: string, path: string, body?: unknown) {
  const response = await fetch(`${sandbox.urls.hubspot}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${sandbox.credentials['hubspot']?.['token']}`,
      'content-type': 'application/json',
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, json: text === '' ? undefined : JSON.parse(text) };
}

function fixture(name: string) {
  return JSON.parse(readFileSync(new URL(`../../sources/hubspot/fixtures/${name}`, import.meta.url), 'utf8'));
}

/** A value with every text, number and truth value replaced by its type: what two answers have in common. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== 'object' || value === null) return value === null ? null : typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shapeOf(inner)]));
}

/** The first of the world's contacts that fits, as the world knows it. */
function someone({ world }: Sandbox, fits: (person: Sandbox['world']['people'][number]) => boolean = () => true) {
  const person = world.people.find((candidate) => candidate.ids.hubspot !== undefined && fits(candidate));
  if (person?.ids.hubspot === undefined) return expect.unreachable('the world holds such a person');
  return { ...person, id: person.ids.hubspot };
}

function someCompany({ world }: Sandbox) {
  const deal = world.deals.find(({ companyIndex }) => world.companies[companyIndex]?.ids.hubspot !== undefined);
  const company = world.companies[deal?.companyIndex ?? -1];
  if (company?.ids.hubspot === undefined) return expect.unreachable('the world holds a company with a deal');
  return { ...company, id: company.ids.hubspot };
}

describe('lists', () => {
  it('pages through every contact, company and deal of the world, each once', async () => {
    await using sandbox = await start();
    const { client, world } = sandbox;
    const idsOf = (rows: { id: string }[]) => rows.map(({ id }) => id).sort();
    const known = (rows: readonly { ids: { hubspot?: string } }[]) =>
      rows.flatMap(({ ids }) => ids.hubspot ?? []).sort();
    expect(idsOf(await client.crm.contacts.getAll(100))).toEqual(known(world.people));
    expect(idsOf(await client.crm.companies.getAll(100))).toEqual(known(world.companies));
    expect(idsOf(await client.crm.deals.getAll(100))).toEqual(world.deals.map(({ id }) => id).sort());
    expect(await control(sandbox, 'GET', '/calls')).toMatchObject({
      byVendor: { hubspot: { operations: { contacts: Math.ceil(known(world.people).length / 100) } } },
    });
  });

  it('pages through the owners and finds one by e-mail or by user id', async () => {
    await using sandbox = await start();
    const { ownersApi } = sandbox.client.crm.owners;
    const seen = [];
    for (let after: string | undefined, more = true; more; ) {
      const page = await ownersApi.getPage(undefined, after, 5);
      seen.push(...page.results);
      after = page.paging?.next?.after;
      more = after !== undefined;
    }
    expect(seen.map(({ id }) => id)).toEqual(sandbox.world.owners.map(({ hubspotId }) => hubspotId));
    const [first] = seen;
    expect((await ownersApi.getPage(first?.email)).results.map(({ id }) => id)).toEqual([first?.id]);
    expect(await ownersApi.getById(first?.userId ?? 0, 'userId')).toMatchObject({ id: first?.id, type: 'PERSON' });
    expect(await failureOf(ownersApi.getById(1))).toMatchObject({ code: 404 });
  });

  it('refuses a page larger than HubSpot gives, and a cursor that is none', async () => {
    await using sandbox = await start();
    const { basicApi } = sandbox.client.crm.contacts;
    expect(await failureOf(basicApi.getPage(101))).toMatchObject({ code: 400, body: { category: 'VALIDATION_ERROR' } });
    expect(await failureOf(basicApi.getPage(10, 'x'))).toMatchObject({ code: 400 });
    expect(await call(sandbox, 'GET', '/crm/v3/owners?limit=501')).toMatchObject({ status: 400 });
  });
});

describe('reading one', () => {
  it('answers the asked-for properties and a few constant ones, null where there is no value', async () => {
    await using sandbox = await start();
    const { id, email } = someone(sandbox, ({ phone }) => phone === null);
    const { properties } = await sandbox.client.crm.contacts.basicApi.getById(id, [
      'email',
      'phone',
      'no_such_property',
    ]);
    expect(properties).toEqual({
      email,
      phone: null,
      hs_object_id: id,
      createdate: expect.any(String),
      lastmodifieddate: expect.any(String),
    });
  });

  it('answers a few properties only when none are named, and takes names with commas', async () => {
    await using sandbox = await start();
    const { id, city } = someone(sandbox);
    const { properties } = await sandbox.client.crm.contacts.basicApi.getById(id);
    const few = ['createdate', 'email', 'firstname', 'hs_object_id', 'lastmodifieddate', 'lastname'];
    expect(Object.keys(properties)).toEqual(few);
    const { json } = await call(sandbox, 'GET', `/crm/v3/objects/contacts/${id}?properties=city,email`);
    expect(json.properties).toMatchObject({ city, email: expect.any(String) });
  });

  it('finds a contact by e-mail in any letter case', async () => {
    await using sandbox = await start();
    const { id, email } = someone(sandbox);
    const { basicApi } = sandbox.client.crm.contacts;
    const found = await basicApi.getById(email.toUpperCase(), undefined, undefined, undefined, undefined, 'email');
    expect(found.id).toBe(id);
  });

  it('names related companies and deals, a primary company twice', async () => {
    await using sandbox = await start();
    const { id, companyIndex } = someone(sandbox, (person) => person.companyIndex !== null);
    const company = sandbox.world.companies[companyIndex ?? -1]?.ids.hubspot;
    const { associations } = await sandbox.client.crm.contacts.basicApi.getById(id, [], undefined, ['companies']);
    expect(associations?.['companies']?.results).toEqual([
      { id: company, type: 'contact_to_company' },
      { id: company, type: 'contact_to_company_unlabeled' },
    ]);
  });

  it('says that an id is not there in one way and that it is no id in another', async () => {
    await using sandbox = await start();
    const { contacts, deals } = sandbox.client.crm;
    const missing = await failureOf(contacts.basicApi.getById('999'));
    expect(missing).toMatchObject({ code: 404, body: { status: 'error', message: 'resource not found' } });
    expect(missing.body['category']).toBeUndefined();
    expect(await failureOf(deals.basicApi.getById('first'))).toMatchObject({
      code: 404,
      body: { category: 'OBJECT_NOT_FOUND', message: 'Object not found.  objectId are usually numeric.' },
    });
  });
});

describe('searching', () => {
  it('finds companies by a list of domains in lower case', async () => {
    await using sandbox = await start();
    const { searchApi } = sandbox.client.crm.companies;
    const domains = sandbox.world.companies
      .filter(({ ids }) => ids.hubspot !== undefined)
      .slice(0, 3)
      .map(({ domain }) => domain);
    const search = (values: string[]) =>
      searchApi.doSearch({
        filterGroups: [{ filters: [filter('domain', 'IN', { values })] }],
        properties: ['domain'],
        limit: 200,
      });
    const { total, results } = await search(domains);
    expect(total).toBe(3);
    expect(results.map(({ properties }) => properties['domain']).sort()).toEqual([...domains].sort());
    expect((await search(domains.map((domain) => domain.toUpperCase()))).total).toBe(0);
  });

  it('compares numbers as numbers and times as times, joins filters with AND and groups with OR', async () => {
    await using sandbox = await start();
    const { deals } = sandbox.world;
    const big = deals.filter(
      ({ amount, stage }) => amount !== null && Number(amount) >= 9_000 && stage === 'closedwon',
    );
    const unpriced = deals.filter(({ amount }) => amount === null);
    const { searchApi } = sandbox.client.crm.deals;
    const { total } = await searchApi.doSearch({
      filterGroups: [
        { filters: [filter('amount', 'GTE', { value: '9000' }), filter('dealstage', 'EQ', { value: 'closedwon' })] },
        { filters: [filter('amount', 'NOT_HAS_PROPERTY')] },
      ],
    });
    expect(total).toBe(big.length + unpriced.length);

    const times = deals.map(({ createdAt }) => Date.parse(createdAt)).sort((a, b) => a - b);
    const [value, highValue] = [String(times[10]), new Date(times[20] ?? 0).toISOString()];
    const between = await searchApi.doSearch({
      filterGroups: [{ filters: [filter('createdate', 'BETWEEN', { value, highValue })] }],
    });
    expect(between.total).toBe(times.filter((time) => time >= Number(value) && time <= Date.parse(highValue)).length);
  });

  it('finds tokens with a wildcard and words that begin a name', async () => {
    await using sandbox = await start();
    const { email, firstName, lastName, id } = someone(sandbox);
    const { searchApi } = sandbox.client.crm.contacts;
    const host = email.split('@')[1];
    const atHost = sandbox.world.people.filter(
      ({ ids, email }) => ids.hubspot !== undefined && email.endsWith(`@${host}`),
    );
    const tokens = await searchApi.doSearch({
      filterGroups: [{ filters: [filter('email', 'CONTAINS_TOKEN', { value: `*@${host}` })] }],
    });
    expect(tokens.total).toBe(atHost.length);
    const words = await searchApi.doSearch({ query: `${firstName.slice(0, 3)} ${lastName}` });
    expect(words.results.map((row) => row.id)).toContain(id);
  });

  it('pages and sorts, the largest first, without a value last', async () => {
    await using sandbox = await start();
    const amounts: (string | null)[] = [];
    for (let after = '0'; after !== ''; ) {
      const page = await sandbox.client.crm.deals.searchApi.doSearch({
        sorts: ['-amount'],
        properties: ['amount'],
        limit: 200,
        after,
      });
      amounts.push(...page.results.map(({ properties }) => properties['amount'] ?? null));
      after = page.paging?.next?.after ?? '';
    }
    const expected = sandbox.world.deals.map(({ amount }) => amount).sort((a, b) => Number(b ?? -1) - Number(a ?? -1));
    expect(amounts).toEqual(expected);
  });

  it('refuses pages over 200, results over 10,000, unknown properties and operators', async () => {
    await using sandbox = await start();
    const { searchApi } = sandbox.client.crm.contacts;
    const refused = { code: 400, body: { category: 'VALIDATION_ERROR' } };
    expect(await failureOf(searchApi.doSearch({ limit: 201 }))).toMatchObject(refused);
    expect(await failureOf(searchApi.doSearch({ limit: 100, after: '9901' }))).toMatchObject(refused);
    for (const filters of [
      [filter('nickname', 'EQ', { value: 'x' })],
      [filter('email', 'LIKE', { value: 'x' })],
      [filter('email', 'IN')],
    ]) {
      expect(await failureOf(searchApi.doSearch({ filterGroups: [{ filters }] }))).toMatchObject(refused);
    }
  });
});

describe('batches', () => {
  it('reads contacts by e-mail, in the order of ids, and names the missing with status 207', async () => {
    await using sandbox = await start();
    const people = sandbox.world.people
      .filter(({ ids }) => ids.hubspot !== undefined)
      .slice(0, 5)
      .reverse();
    const inputs = [...people.map(({ email }) => ({ id: email.toUpperCase() })), { id: 'nobody@example.com' }];
    const answer = await sandbox.client.crm.contacts.batchApi.read({
      idProperty: 'email',
      inputs,
      properties: ['email'],
      propertiesWithHistory: [],
    });
    expect(answer.results.map(({ properties }) => properties['email'])).toEqual(
      people.toSorted((a, b) => Number(a.ids.hubspot) - Number(b.ids.hubspot)).map(({ email }) => email),
    );
    expect(answer).toMatchObject({
      numErrors: 1,
      errors: [{ category: 'OBJECT_NOT_FOUND', context: { ids: ['nobody@example.com'] } }],
    });
    const body = { idProperty: 'email', inputs: inputs.slice(-1) };
    expect((await call(sandbox, 'POST', '/crm/v3/objects/contacts/batch/read', body)).status).toBe(207);
  });

  it('takes 100 inputs and no more, and only properties whose values are unique', async () => {
    await using sandbox = await start();
    const { companies } = sandbox.client.crm;
    const read = (count: number, idProperty?: string) =>
      companies.batchApi.read({
        inputs: Array.from({ length: count }, (_, index) => ({ id: String(index) })),
        properties: [],
        propertiesWithHistory: [],
        ...(idProperty === undefined ? {} : { idProperty }),
      });
    expect(await read(100)).toMatchObject({ results: [], numErrors: 1 });
    expect(await failureOf(read(101))).toMatchObject({ code: 400 });
    expect(await failureOf(read(1, 'domain'))).toMatchObject({ code: 400 });
  });

  it('reads ties both ways, and says which objects have none', async () => {
    await using sandbox = await start();
    const company = someCompany(sandbox);
    const { world, client } = sandbox;
    const contacts = world.people.filter(
      ({ ids, companyIndex }) => ids.hubspot !== undefined && companyIndex === company.index,
    );
    const deals = world.deals.filter(({ companyIndex }) => companyIndex === company.index);
    const read = async (from: string, to: string, ids: string[]) =>
      client.crm.associations.v4.batchApi.getPage(from, to, { inputs: ids.map((id) => ({ id })) });

    const toDeals = await read('companies', 'deals', [company.id, '1']);
    expect(toDeals.results.map(({ _from }) => _from.id)).toEqual([company.id]);
    expect(toDeals.results[0]?.to.map(({ toObjectId }) => toObjectId)).toEqual(deals.map(({ id }) => id));
    expect(toDeals).toMatchObject({
      numErrors: 1,
      errors: [
        { subCategory: 'crm.associations.NO_ASSOCIATIONS_FOUND', message: 'No deal is associated with company 1.' },
      ],
    });
    const toContacts = await read('companies', 'contacts', [company.id]);
    expect(toContacts.results[0]?.to).toHaveLength(contacts.length);
    const back = await read('contact', 'company', [contacts[0]?.ids.hubspot ?? '']);
    expect(back.results[0]?.to).toEqual([
      {
        toObjectId: company.id,
        associationTypes: [
          { category: 'HUBSPOT_DEFINED', typeId: 1, label: 'Primary' },
          { category: 'HUBSPOT_DEFINED', typeId: 279, label: null },
        ],
      },
    ]);
    const onDeal = world.deals.find(({ personIndexes }) =>
      personIndexes.some((index) => world.people[index]?.ids.hubspot),
    );
    const toPeople = await read('deals', 'contacts', [onDeal?.id ?? '']);
    expect(toPeople.results[0]?.to.map(({ toObjectId }) => toObjectId).sort()).toEqual(
      onDeal?.personIndexes.flatMap((index) => world.people[index]?.ids.hubspot ?? []).sort(),
    );
    expect(await failureOf(read('widgets', 'deals', ['1']))).toMatchObject({
      code: 400,
      body: { message: 'Unable to infer object type from: widgets' },
    });
  });

  it('gives 500 ties of an object at a time', async () => {
    await using sandbox = await start();
    const { id } = someCompany(sandbox);
    const types = [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: 341 }];
    const create = () =>
      call(sandbox, 'POST', '/crm/v3/objects/deals', {
        properties: { dealname: 'One of many' },
        associations: [{ to: { id }, types }],
      });
    await Promise.all(Array.from({ length: 500 }, create));
    const read = (after?: string) =>
      call(sandbox, 'POST', '/crm/v4/associations/companies/deals/batch/read', {
        inputs: [{ id, ...(after && { after }) }],
      });
    const [first] = (await read()).json.results;
    const [second] = (await read(first.paging.next.after)).json.results;
    const before = sandbox.world.deals.filter(
      ({ companyIndex }) => sandbox.world.companies[companyIndex]?.ids.hubspot === id,
    ).length;
    expect([first.to.length, second.to.length, second.paging]).toEqual([500, before, undefined]);
  });
});

describe('writing', () => {
  it('creates a contact, ties it to its company, shows it afterwards and records the write', async () => {
    await using sandbox = await start();
    const company = someCompany(sandbox);
    const { contacts } = sandbox.client.crm;
    const types = [1, 279].map((associationTypeId) => ({
      associationCategory: 'HUBSPOT_DEFINED' as never,
      associationTypeId,
    }));
    const created = await contacts.basicApi.create({
      properties: { email: 'New.Person@Example.com', firstname: 'New', lifecyclestage: 'lead' },
      associations: [{ to: { id: company.id }, types }],
    });
    expect(created.properties).toMatchObject({
      email: 'new.person@example.com',
      firstname: 'New',
      lifecyclestage: 'lead',
    });
    const seen = await contacts.basicApi.getById(created.id, ['email', 'associatedcompanyid'], undefined, [
      'companies',
    ]);
    expect(seen.properties).toMatchObject({ email: 'new.person@example.com', associatedcompanyid: company.id });
    expect(await control(sandbox, 'GET', '/writes')).toMatchObject({
      byVendor: {
        hubspot: [{ operation: 'createContact', id: created.id, data: { properties: { firstname: 'New' } } }],
      },
    });
  });

  it('names the existing contact when the e-mail is taken, in any letter case, and records nothing', async () => {
    await using sandbox = await start();
    const { id, email } = someone(sandbox);
    const { basicApi } = sandbox.client.crm.contacts;
    expect(await failureOf(basicApi.create({ properties: { email: email.toUpperCase() } }))).toMatchObject({
      code: 409,
      body: { category: 'CONFLICT', message: `Contact already exists. Existing ID: ${id}` },
    });
    const other = someone(sandbox, (person) => person.email !== email);
    expect(await failureOf(basicApi.update(other.id, { properties: { email } }))).toMatchObject({ code: 409 });
    expect(await control(sandbox, 'GET', '/writes')).toMatchObject({ total: 0 });
  });

  it('lists every property that is wrong', async () => {
    await using sandbox = await start();
    const properties = { email: 'x', nickname: 'x', hs_object_id: '1', lifecyclestage: 'x', hubspot_owner_id: '1' };
    const { code, body } = await failureOf(sandbox.client.crm.contacts.basicApi.create({ properties }));
    expect(code).toBe(400);
    expect(body['message']).toMatch(/^Property values were not valid: \[\{/);
    const codes = (body['errors'] as { code: string }[]).map(({ code }) => code);
    expect(codes).toEqual([
      'INVALID_EMAIL',
      'PROPERTY_DOESNT_EXIST',
      'READ_ONLY_VALUE',
      'INVALID_OPTION',
      'INVALID_OPTION',
    ]);
    const deal = await failureOf(
      sandbox.client.crm.deals.basicApi.create({ properties: { dealstage: 'won', amount: 'much' } }),
    );
    expect((deal.body['errors'] as { code: string }[]).map(({ code }) => code)).toEqual([
      'INVALID_OPTION',
      'INVALID_INTEGER',
    ]);
  });

  it('updates by e-mail, clears with an empty text, and answers only what was written', async () => {
    await using sandbox = await start();
    const { id, email } = someone(sandbox, ({ jobTitle, phone }) => jobTitle !== null && phone !== null);
    const { basicApi } = sandbox.client.crm.contacts;
    const answer = await basicApi.update(email, { properties: { jobtitle: '', city: 'Turku' } }, 'email');
    expect(Object.keys(answer.properties)).toEqual([
      'city',
      'createdate',
      'hs_object_id',
      'jobtitle',
      'lastmodifieddate',
    ]);
    expect(answer.updatedAt.getTime()).toBeGreaterThan(answer.createdAt.getTime());
    const { properties } = await basicApi.getById(id, ['city', 'jobtitle', 'phone']);
    expect(properties).toMatchObject({ city: 'Turku', jobtitle: null, phone: expect.any(String) });
  });

  it('creates and updates companies and deals, and keeps computed properties right', async () => {
    await using sandbox = await start();
    const { companies, deals } = sandbox.client.crm;
    const company = await companies.basicApi.create({ properties: { name: 'Acme', domain: 'Acme.Example' } });
    expect(company.properties).toMatchObject({ domain: 'acme.example' });
    const types = [{ associationCategory: 'HUBSPOT_DEFINED' as never, associationTypeId: 5 }];
    const deal = await deals.basicApi.create({
      properties: { dealname: 'Big', amount: '12500.50', closedate: '1793611800000' },
      associations: [{ to: { id: company.id }, types }],
    });
    expect(deal.properties).toMatchObject({ closedate: '2026-11-02T09:30:00.000Z' });
    await deals.basicApi.update(deal.id, { properties: { dealstage: 'closedwon' } });
    const won = await deals.basicApi.getById(deal.id, ['hs_is_closed_won', 'hs_deal_stage_probability', 'amount']);
    expect(won.properties).toMatchObject({
      hs_is_closed_won: 'true',
      hs_deal_stage_probability: '1.0',
      amount: '12500.50',
    });
    await companies.basicApi.update(company.id, { properties: { numberofemployees: '12' } });
    const seen = await companies.basicApi.getById(company.id, ['num_associated_deals', 'numberofemployees']);
    expect(seen.properties).toMatchObject({ num_associated_deals: '1', numberofemployees: '12' });
  });

  it('archives a contact: gone from reads, searches and ties, still among the archived, its e-mail free again', async () => {
    await using sandbox = await start();
    const { id, email, companyIndex } = someone(sandbox, (person) => person.companyIndex !== null);
    const company = sandbox.world.companies[companyIndex ?? -1]?.ids.hubspot ?? '';
    const { contacts, companies } = sandbox.client.crm;
    const countOf = async () =>
      (await companies.basicApi.getById(company, ['num_associated_contacts'])).properties['num_associated_contacts'];
    const before = Number(await countOf());
    const { basicApi, searchApi } = contacts;
    await basicApi.archive(id);
    await basicApi.archive(id);
    expect(await failureOf(basicApi.getById(id))).toMatchObject({ code: 404 });
    const archived = await basicApi.getById(id, undefined, undefined, undefined, true);
    expect(archived).toMatchObject({ archived: true, archivedAt: expect.any(Date) });
    expect((await basicApi.getPage(100, undefined, undefined, undefined, undefined, true)).results).toHaveLength(1);
    expect(await countOf()).toBe(String(before - 1));
    const search = { filterGroups: [{ filters: [filter('email', 'EQ', { value: email })] }] };
    expect((await searchApi.doSearch(search)).total).toBe(0);
    expect((await basicApi.create({ properties: { email } })).id).not.toBe(id);
    expect(await control(sandbox, 'GET', '/writes')).toMatchObject({
      total: 2,
      byVendor: { hubspot: [{ operation: 'archiveContact', id }, { operation: 'createContact' }] },
    });
  });
});

describe('refusals', () => {
  it('refuses a wrong token and none at all', async () => {
    await using sandbox = await start();
    expect(await failureOf(clientOf(sandbox, 'pat-na1-wrong').crm.contacts.basicApi.getPage())).toMatchObject({
      code: 401,
      body: { status: 'error', category: 'INVALID_AUTHENTICATION', correlationId: expect.any(String) },
    });
    expect((await fetch(`${sandbox.urls.hubspot}/crm/v3/owners`)).status).toBe(401);
  });

  it('answers an injected limit as its own, and the client reads it', async () => {
    await using sandbox = await start();
    await control(sandbox, 'POST', '/faults', {
      vendor: 'hubspot',
      operation: 'contacts',
      kind: 'ratelimit',
      value: 7,
      times: 1,
    });
    const { basicApi } = sandbox.client.crm.contacts;
    expect(await failureOf(basicApi.getPage())).toMatchObject({
      code: 429,
      headers: { 'retry-after': '7' },
      body: {
        errorType: 'RATE_LIMIT',
        policyName: 'TEN_SECONDLY_ROLLING',
        message: 'You have reached your ten_secondly_rolling limit.',
      },
    });
    expect((await basicApi.getPage(1)).results).toHaveLength(1);
  });

  it('limits calls and searches apart, counts down in headers, and starts anew after the interval', async () => {
    let now = Date.parse('2026-11-02T09:00:00Z');
    await using sandbox = await start({ rateFactor: 1, now: () => now });
    const list = () => call(sandbox, 'GET', '/crm/v3/owners?limit=1');
    const search = () => call(sandbox, 'POST', '/crm/v3/objects/deals/search', { limit: 1 });
    expect(Object.fromEntries((await list()).headers)).toMatchObject({
      'x-hubspot-ratelimit-max': '190',
      'x-hubspot-ratelimit-remaining': '189',
      'x-hubspot-ratelimit-interval-milliseconds': '10000',
      'x-hubspot-ratelimit-daily': '650000',
    });
    await Promise.all(Array.from({ length: 189 }, list));
    const refused = await list();
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '10']);

    for (let count = 0; count < 4; count += 1) expect((await search()).status).toBe(200);
    const searches = await search();
    expect(searches.json).toMatchObject({ policyName: 'SECONDLY', message: 'You have reached your secondly limit.' });
    expect(searches.headers.get('retry-after')).toBeNull();

    now += 10_000;
    expect([(await list()).status, (await search()).status]).toEqual([200, 200]);
  });

  it('answers an injected failure and an unknown path in its own form', async () => {
    await using sandbox = await start();
    await control(sandbox, 'POST', '/faults', { vendor: 'hubspot', kind: 'status', value: 503, times: 1 });
    expect(await failureOf(sandbox.client.crm.contacts.basicApi.getPage())).toMatchObject({
      code: 503,
      body: { status: 'error' },
    });
    expect(await call(sandbox, 'GET', '/crm/v3/objects/unicorns')).toMatchObject({
      status: 404,
      json: { status: 'error' },
    });
  });
});

interface Received {
  headers: IncomingHttpHeaders;
  body: string;
}

async function receive() {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks).toString('utf8') });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return {
    received,
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () => new Promise<void>((closed) => server.close(() => closed())),
  };
}

function isAccepted({ headers, body }: Received, clientSecret: string, url: string): boolean {
  return Signature.isValid({
    signatureVersion: 'v3',
    method: 'POST',
    signature: String(headers['x-hubspot-signature-v3']),
    timestamp: Number(headers['x-hubspot-request-timestamp']),
    requestBody: body,
    clientSecret,
    url,
  });
}

describe('webhooks', () => {
  it.each([
    ['contact.creation', { changeFlag: 'NEW' }],
    ['contact.propertyChange', { propertyName: 'lifecyclestage' }],
    ['contact.deletion', { changeFlag: 'DELETED' }],
    ['company.creation', { changeFlag: 'NEW' }],
    ['company.propertyChange', { propertyName: 'numberofemployees' }],
    ['deal.creation', { changeFlag: 'NEW' }],
    ['deal.propertyChange', { propertyName: 'dealstage' }],
  ])('sends %s so that HubSpot’s own check accepts it, and nothing changed on the way', async (type, told) => {
    await using receiver = await receive();
    await using sandbox = await start({ webhookBaseUrl: receiver.url });
    const secret = sandbox.webhookSecrets['hubspot'] ?? '';
    await control(sandbox, 'POST', '/emit', { vendor: 'hubspot', type });

    const [delivery] = receiver.received;
    if (delivery === undefined) return expect.unreachable('a delivery arrived');
    const url = `${receiver.url}/hubspot`;
    expect(isAccepted(delivery, secret, url)).toBe(true);
    expect(isAccepted({ ...delivery, body: delivery.body.replace('CRM_UI', 'CRM_UJ') }, secret, url)).toBe(false);
    expect(isAccepted(delivery, secret, `${url}?x`)).toBe(false);

    const [event] = JSON.parse(delivery.body);
    expect(event).toMatchObject({ subscriptionType: type, attemptNumber: 0, portalId: expect.any(Number), ...told });
    await expectTrue(sandbox, event);
  });

  it('tells of a closed deal with two events: the stage and the closing date', async () => {
    await using receiver = await receive();
    await using sandbox = await start({ webhookBaseUrl: receiver.url });
    await control(sandbox, 'POST', '/emit', { vendor: 'hubspot', type: 'deal.propertyChange', count: 12 });
    const batches = receiver.received.map(
      ({ body }) => JSON.parse(body) as { propertyName: string; eventId: number }[],
    );
    const closed = batches.find((events) => events.length === 2);
    expect(closed?.map(({ propertyName }) => propertyName)).toEqual(['dealstage', 'closedate']);
    const ids = batches.flat().map(({ eventId }) => eventId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('signs as HubSpot does', () => {
    const { expected, ...request } = fixture('webhook-vector.json');
    expect(signV3(request)).toBe(expected.v3);
    expect(signV1(request.secret, request.body)).toBe(expected.v1);
    const escaped = { ...request, url: 'https://example.com/a%3Ab%20c' };
    expect(signV3(escaped)).toBe(signV3({ ...request, url: 'https://example.com/a:b%20c' }));
  });

  it('keeps a recorded delivery whose signature holds', () => {
    const { secret, method, url, headers, body } = fixture('signed-delivery.json');
    const timestamp = Number(headers['X-HubSpot-Request-Timestamp']);
    const options = { clientSecret: secret, requestBody: body, url, timestamp, signature: '' };
    expect(headers['X-HubSpot-Signature-v3']).toBe(Signature.getSignature(method, 'v3', options));
    expect(headers['X-HubSpot-Signature']).toBe(Signature.getSignature(method, 'v1', options));
  });
});

/** What the event tells is so in the CRM. */
async function expectTrue(sandbox: Sandbox, event: Record<string, unknown>): Promise<void> {
  const kind = { contact: 'contacts', company: 'companies', deal: 'deals' }[
    String(event['subscriptionType']).split('.')[0] ?? ''
  ];
  const property = String(event['propertyName'] ?? 'createdate');
  const { status, json } = await call(
    sandbox,
    'GET',
    `/crm/v3/objects/${kind}/${event['objectId']}?properties=${property}`,
  );
  if (event['changeFlag'] === 'DELETED') return expect(status).toBe(404);
  expect(status).toBe(200);
  if ('propertyValue' in event) expect(json.properties[property]).toBe(event['propertyValue']);
}

describe('fixtures', () => {
  it('have the form of what the emulator answers today', async () => {
    await using sandbox = await start();
    const { id, email } = someone(sandbox, ({ phone, companyIndex }) => phone === null && companyIndex !== null);
    const path = `/crm/v3/objects/contacts/${id}?properties=email,firstname,lastname,phone,associatedcompanyid&associations=companies`;
    expect(shapeOf((await call(sandbox, 'GET', path)).json)).toEqual(shapeOf(fixture('contact.json')));
    const inputs = [{ id: email }, { id: 'nobody@example.com' }];
    const batch = await call(sandbox, 'POST', '/crm/v3/objects/contacts/batch/read', {
      idProperty: 'email',
      inputs,
      properties: ['email'],
    });
    expect(shapeOf(batch.json)).toEqual(shapeOf(fixture('batch-read-partial.json')));
    const conflict = await call(sandbox, 'POST', '/crm/v3/objects/contacts', { properties: { email } });
    expect(shapeOf(conflict.json)).toEqual(shapeOf(fixture('contact-exists.json')));
  });
});
