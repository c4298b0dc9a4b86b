import { readFile } from 'node:fs/promises';
import Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import notFound from '../../sources/stripe/fixtures/not-found.json' with { type: 'json' };
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/sandbox.ts';

const BRIGHTFORGE = 'brightforge.io';

interface Account extends AsyncDisposable {
  sandbox: Sandbox;
  stripe: Stripe;
}

async function openAccount(options: SandboxOptions = {}): Promise<Account> {
  const sandbox = await startSandbox({ ...options, vendors: ['stripe'] });
  const key = sandbox.credentials.stripe?.['token'] ?? '';
  return { sandbox, stripe: client(sandbox, key), [Symbol.asyncDispose]: () => sandbox[Symbol.asyncDispose]() };
}

/** The vendor's own client, without its retries. */
function client({ urls }: Sandbox, key: string): Stripe {
  const { hostname, port } = new URL(urls.stripe);
  return new Stripe(key, {
    host: hostname,
    port: Number(port),
    protocol: 'http',
    maxNetworkRetries: 0,
    telemetry: false,
    // The client is typed for its newest version only; ours is the one the source describes.
    apiVersion: '2023-08-16' as NonNullable<ConstructorParameters<typeof Stripe>[1]>['apiVersion'] & string,
  });
}

async function collect<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const row of rows) all.push(row);
  return all;
}

/** What the call was refused with. */
async function refusal(call: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  const error = await call.then(
    () => new Error('The call succeeded.'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof Stripe.errors.StripeError)) throw error;
  return error;
}

function post(url: string, body: unknown): Promise<Response> {
  return fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
}

async function writes({ controlUrl }: Sandbox): Promise<{ operation: string; id: string }[]> {
  const report = (await (await fetch(`${controlUrl}/writes`)).json()) as {
    byVendor: { stripe?: { operation: string; id: string }[] };
  };
  return report.byVendor.stripe ?? [];
}

async function raw({ sandbox }: Account, path: string, init: RequestInit = {}): Promise<Response> {
  const headers = { authorization: `Bearer ${sandbox.credentials.stripe?.['token']}`, ...init.headers };
  return fetch(sandbox.urls.stripe + path, { ...init, headers });
}

describe('lists', () => {
  it('pages through every customer, newest first and none twice', async () => {
    await using account = await openAccount();
    const customers = await collect(account.stripe.customers.list({ limit: 40 }));
    const expected = account.sandbox.world.companies.flatMap(({ ids }) => ids.stripe ?? []);
    expect(new Set(customers.map(({ id }) => id))).toEqual(new Set(expected));
    expect(customers).toHaveLength(expected.length);
    expect(customers.map(({ created }) => created)).toEqual(
      customers.map(({ created }) => created).toSorted((a, b) => b - a),
    );
  });

  it('holds as many of everything as the world', async () => {
    await using account = await openAccount();
    const { stripe, sandbox } = account;
    const counts = await Promise.all(
      [
        stripe.subscriptions.list({ limit: 100, status: 'all' }),
        stripe.invoices.list({ limit: 100 }),
        stripe.charges.list({ limit: 100 }),
        stripe.refunds.list({ limit: 100 }),
        stripe.products.list({ limit: 100 }),
        stripe.prices.list({ limit: 100 }),
      ].map(async (list) => (await collect<{ id: string }>(list as AsyncIterable<{ id: string }>)).length),
    );
    const { subscriptions, invoices, charges, refunds, products, prices } = sandbox.world;
    expect(counts).toEqual([subscriptions, invoices, charges, refunds, products, prices].map(({ length }) => length));
  });

  it('pages backwards with ending_before', async () => {
    await using account = await openAccount();
    const first = await account.stripe.invoices.list({ limit: 7 });
    const back = await account.stripe.invoices.list({ limit: 3, ending_before: first.data[6]?.id ?? '' });
    expect(back.data.map(({ id }) => id)).toEqual(first.data.slice(3, 6).map(({ id }) => id));
    expect(back.has_more).toBe(true);
  });

  it('gives ten rows unless told otherwise and refuses more than a hundred', async () => {
    await using account = await openAccount();
    expect((await account.stripe.charges.list()).data).toHaveLength(10);
    expect(await refusal(account.stripe.charges.list({ limit: 101 }))).toMatchObject({
      statusCode: 400,
      param: 'limit',
    });
  });

  it('compares a customer’s e-mail address with its case', async () => {
    await using account = await openAccount();
    const { world } = account.sandbox;
    const company = world.companies.find(
      ({ billingPersonIndex }) => world.people[billingPersonIndex ?? -1]?.spelling.stripe,
    );
    const person = world.people[company?.billingPersonIndex ?? -1];
    const spelled = person?.spelling.stripe ?? '';
    expect((await account.stripe.customers.list({ email: spelled })).data.map(({ id }) => id)).toContain(
      company?.ids.stripe,
    );
    expect((await account.stripe.customers.list({ email: person?.email ?? '' })).data).toEqual([]);
  });

  it('filters invoices by customer, status and time', async () => {
    await using account = await openAccount();
    const { id } = await brightforge(account);
    const all = await collect(account.stripe.invoices.list({ customer: id, limit: 100 }));
    const newest = all[0]?.created ?? 0;
    const earlier = await collect(
      account.stripe.invoices.list({ customer: id, status: 'paid', created: { lt: newest }, limit: 100 }),
    );
    expect(earlier.length).toBeGreaterThan(0);
    expect(earlier.map((invoice) => invoice.id)).toEqual(
      all.filter(({ status, created }) => status === 'paid' && created < newest).map((invoice) => invoice.id),
    );
  });

  it('hides cancelled subscriptions until they are asked for', async () => {
    await using account = await openAccount();
    const { subscriptions } = account.sandbox.world;
    const count = async (status?: 'all' | 'canceled') =>
      (await collect(account.stripe.subscriptions.list({ limit: 100, ...(status && { status }) }))).length;
    const cancelled = subscriptions.filter(({ status }) => status === 'canceled').length;
    expect(cancelled).toBeGreaterThan(0);
    expect(await count()).toBe(subscriptions.length - cancelled);
    expect(await count('canceled')).toBe(cancelled);
  });

  it('reads several products by id and passes over those that do not exist', async () => {
    await using account = await openAccount();
    const ids = account.sandbox.world.products.slice(0, 3).map(({ id }) => id);
    const { data } = await account.stripe.products.list({ ids: [...ids, 'prod_doesNotExist'] });
    expect(new Set(data.map(({ id }) => id))).toEqual(new Set(ids));
  });

  it('refuses parameters and cursors it does not know', async () => {
    await using account = await openAccount();
    expect(await (await raw(account, '/v1/customers?colour=red')).json()).toMatchObject({
      error: { code: 'parameter_unknown', param: 'colour', type: 'invalid_request_error' },
    });
    expect(await refusal(account.stripe.customers.list({ starting_after: 'cus_doesNotExist' }))).toMatchObject({
      statusCode: 400,
      code: 'resource_missing',
      param: 'starting_after',
    });
  });
});

describe('reads', () => {
  it('answers an unknown id as the vendor does', async () => {
    await using account = await openAccount();
    const error = await refusal(account.stripe.customers.retrieve('cus_doesNotExist'));
    expect(error).toMatchObject({ statusCode: 404, code: 'resource_missing', message: notFound.error.message });
    expect(error.requestId).toMatch(/^req_/);
    const body = (await (await raw(account, '/v1/customers/cus_doesNotExist')).json()) as typeof notFound;
    expect(Object.keys(body.error).toSorted()).toEqual(Object.keys(notFound.error).toSorted());
    expect(body.error).toMatchObject({ code: notFound.error.code, doc_url: notFound.error.doc_url, param: 'id' });
  });

  it('puts objects in the place of ids where expand names them, four levels deep', async () => {
    await using account = await openAccount();
    const { data } = await account.stripe.subscriptions.list({
      limit: 3,
      expand: ['data.customer', 'data.latest_invoice.charge.customer'],
    });
    for (const subscription of data) expect(subscription.customer).toMatchObject({ object: 'customer' });
    const charged = data.find(({ latest_invoice: invoice }) => (invoice as { charge?: unknown } | null)?.charge);
    expect(charged?.latest_invoice).toMatchObject({ charge: { object: 'charge', customer: { object: 'customer' } } });
    const tooDeep = account.stripe.subscriptions.list({ expand: ['data.latest_invoice.charge.invoice.customer'] });
    expect((await refusal(tooDeep)).message).toContain('more than 4 levels');
    expect((await refusal(account.stripe.subscriptions.list({ expand: ['data.colour'] }))).param).toBe('expand');
  });

  it('leaves a customer’s subscriptions out unless expand names them', async () => {
    await using account = await openAccount();
    const { id } = await brightforge(account);
    expect(await account.stripe.customers.retrieve(id)).not.toHaveProperty('subscriptions');
    const { subscriptions } = (await account.stripe.customers.retrieve(id, {
      expand: ['subscriptions'],
    })) as Stripe.Customer;
    expect(subscriptions?.data.every(({ customer }) => customer === id)).toBe(true);
  });

  it('keeps the example answers’ fields', async () => {
    await using account = await openAccount();
    const { id } = await brightforge(account);
    const customer = await fixture('customer.json');
    const fields = (object: object) => Object.keys(object).toSorted();
    expect(fields(await account.stripe.customers.retrieve(id))).toEqual(fields(customer));
    const page = (await fixture('invoices-page.json')) as { data: object[] };
    const { data } = await account.stripe.invoices.list({ customer: id, limit: 2 });
    expect(data.map(fields)).toEqual(page.data.map(fields));
  });
});

describe('search', () => {
  it('finds several customers by e-mail address with OR, whatever the case', async () => {
    await using account = await openAccount();
    const some = (await account.stripe.customers.list({ limit: 10 })).data;
    const query = some.map(({ email }) => `email:'${email?.toUpperCase()}'`).join(' OR ');
    const { data } = await account.stripe.customers.search({ query, limit: 100 });
    expect(new Set(data.map(({ id }) => id))).toEqual(new Set(some.map(({ id }) => id)));
  });

  it('pages to the end', async () => {
    await using account = await openAccount();
    const paid = account.sandbox.world.invoices.filter(({ status }) => status === 'paid');
    const found = await collect(account.stripe.invoices.search({ query: "status:'paid'", limit: 100 }));
    expect(new Set(found.map(({ id }) => id))).toEqual(new Set(paid.map(({ id }) => id)));
    expect(found).toHaveLength(paid.length);
  });

  it('understands parts, numbers, negation, metadata and null', async () => {
    await using account = await openAccount();
    const { id, metadata } = await brightforge(account);
    const ids = async (query: string) =>
      (await collect(account.stripe.customers.search({ query, limit: 100 }))).map((customer) => customer.id);
    const total = (await collect(account.stripe.customers.list({ limit: 100 }))).length;
    expect(metadata['company']).toBe('Brightforge');
    expect(await ids('name~"IGHTFO"')).toContain(id);
    expect(await ids(`-metadata["domain"]:"${BRIGHTFORGE}"`)).toHaveLength(total - 1);
    expect(await ids("-metadata['domain']:null")).toHaveLength(total);
    expect(await ids("email:'nobody@example.com' name:'Brightforge'")).toEqual([]);
    const { world } = account.sandbox;
    const big = world.invoices.filter(({ amountDue, currency }) => amountDue > 500_000 && currency === 'usd').length;
    const found = await collect(
      account.stripe.invoices.search({ query: "total>500000 AND currency:'USD'", limit: 100 }),
    );
    expect(found).toHaveLength(big);
  });

  it.each([
    ["email:'a@b.co' AND name:'a' OR name:'b'", 'cannot combine AND and OR'],
    [Array.from({ length: 11 }, (_, index) => `name:'${index}'`).join(' OR '), 'up to 10 clauses'],
    ["colour:'red'", 'unsupported search field'],
    ['email', 'unable to parse'],
    ["email:'open", 'unable to parse'],
    ["(email:'a@b.co')", 'unable to parse'],
    ["name~'ab'", 'at least 3 characters'],
    ['name>5', 'numeric field'],
  ])('refuses %s', async (query, message) => {
    await using account = await openAccount();
    const error = await refusal(account.stripe.customers.search({ query }));
    expect(error.statusCode).toBe(400);
    expect(error.message).toContain(message);
  });

  it('sees a write only a minute later, as the vendor warns', async () => {
    let now = Date.parse('2026-11-02T09:00:00Z');
    await using account = await openAccount({ now: () => now });
    const { id } = await account.stripe.customers.create({ email: 'new@late.example' });
    await account.stripe.customers.update((await brightforge(account)).id, { name: 'Brightforge Ltd' });
    const search = async (query: string) =>
      (await account.stripe.customers.search({ query })).data.map((found) => found.id);
    now += 59_000;
    expect(await search("email:'new@late.example'")).toEqual([]);
    expect(await search("name:'Brightforge Ltd'")).toEqual([]);
    now += 1_000;
    expect(await search("email:'new@late.example'")).toEqual([id]);
    expect(await search("name:'Brightforge Ltd'")).toHaveLength(1);
  });
});

describe('writes', () => {
  it('creates a customer that lists and the ledger show', async () => {
    await using account = await openAccount();
    const created = await account.stripe.customers.create({
      email: 'Grace@Harbor.example',
      name: 'Harbor',
      metadata: { domain: 'harbor.example' },
      address: { city: 'Graz', country: 'AT' },
      preferred_locales: ['de', 'en'],
    });
    const [found] = (await account.stripe.customers.list({ email: 'Grace@Harbor.example' })).data;
    expect(found).toEqual(expect.objectContaining({ id: created.id, name: 'Harbor', preferred_locales: ['de', 'en'] }));
    expect(found?.address).toMatchObject({ city: 'Graz', country: 'AT', line1: null });
    expect(await writes(account.sandbox)).toMatchObject([{ operation: 'createCustomer', id: created.id }]);
  });

  it('changes the named fields only, clears with an empty text and merges metadata', async () => {
    await using account = await openAccount();
    const before = await brightforge(account);
    const after = await account.stripe.customers.update(before.id, {
      description: '',
      metadata: { plan: 'gold', company: '' },
    });
    expect(after).toMatchObject({ email: before.email, description: null });
    expect(after.metadata).toEqual({ ...omit(before.metadata, 'company'), plan: 'gold' });
    expect(await account.stripe.customers.retrieve(before.id)).toMatchObject({ metadata: after.metadata });
  });

  it('refuses a malformed address, an unknown parameter and a JSON body', async () => {
    await using account = await openAccount();
    expect(await refusal(account.stripe.customers.create({ email: 'nobody' }))).toMatchObject({
      code: 'email_invalid',
    });
    const unknown = await raw(account, '/v1/customers', {
      method: 'POST',
      body: new URLSearchParams({ colour: 'red' }),
    });
    expect(await unknown.json()).toMatchObject({ error: { code: 'parameter_unknown', param: 'colour' } });
    const json = await raw(account, '/v1/customers', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"name":"Harbor"}',
    });
    expect([json.status, (await writes(account.sandbox)).length]).toEqual([400, 0]);
  });

  it('refunds a charge in parts, never more than is left', async () => {
    await using account = await openAccount();
    const charge = account.sandbox.world.charges.find(
      ({ status, amount, amountRefunded }) => status === 'succeeded' && amountRefunded === 0 && amount > 1000,
    );
    const id = charge?.id ?? '';
    const left = (charge?.amount ?? 0) - 400;
    const refund = await account.stripe.refunds.create({ charge: id, amount: 400, reason: 'duplicate' });
    expect(refund).toMatchObject({ amount: 400, charge: id, reason: 'duplicate', status: 'succeeded' });
    expect(await account.stripe.charges.retrieve(id)).toMatchObject({ amount_refunded: 400, refunded: false });
    const tooMuch = await refusal(account.stripe.refunds.create({ charge: id, amount: left + 1 }));
    expect(tooMuch).toMatchObject({ statusCode: 400, param: 'amount' });
    expect(tooMuch.message).toContain('greater than unrefunded amount');
    expect((await account.stripe.refunds.create({ charge: id })).amount).toBe(left);
    expect(await account.stripe.charges.retrieve(id)).toMatchObject({
      amount_refunded: charge?.amount,
      refunded: true,
    });
    expect(await refusal(account.stripe.refunds.create({ charge: id }))).toMatchObject({
      code: 'charge_already_refunded',
    });
    expect((await account.stripe.refunds.list({ charge: id })).data).toHaveLength(2);
  });
});

describe('idempotency keys', () => {
  it('answer a repeat with the first result and write once', async () => {
    await using account = await openAccount();
    const create = () => account.stripe.customers.create({ name: 'Harbor' }, { idempotencyKey: 'key-1' });
    const first = await create();
    const second = await create();
    expect(second.id).toBe(first.id);
    expect(second.lastResponse.headers).toMatchObject({
      'idempotent-replayed': 'true',
      'original-request': first.lastResponse.requestId,
    });
    expect(await writes(account.sandbox)).toHaveLength(1);
  });

  it('refuse other parameters and another endpoint', async () => {
    await using account = await openAccount();
    const idempotencyKey = 'key-2';
    const { id } = await account.stripe.customers.create({ name: 'Harbor' }, { idempotencyKey });
    const other = account.stripe.customers.create({ name: 'Haven' }, { idempotencyKey });
    expect(await refusal(other)).toMatchObject({ statusCode: 400, rawType: 'idempotency_error' });
    const elsewhere = account.stripe.customers.update(id, { name: 'Harbor' }, { idempotencyKey });
    expect(await refusal(elsewhere)).toMatchObject({ rawType: 'idempotency_error' });
  });

  it('are free again after a refused request', async () => {
    await using account = await openAccount();
    const idempotencyKey = 'key-3';
    await refusal(account.stripe.customers.create({ email: 'nobody' }, { idempotencyKey }));
    const created = await account.stripe.customers.create({ email: 'some@body.example' }, { idempotencyKey });
    expect(created.email).toBe('some@body.example');
  });
});

describe('credentials and limits', () => {
  it('refuses another key, showing only its end, and a missing one', async () => {
    await using account = await openAccount();
    const wrong = await refusal(client(account.sandbox, 'sk_test_forgottenKey').customers.list());
    expect(wrong).toMatchObject({ statusCode: 401, rawType: 'invalid_request_error' });
    expect(wrong.message).toBe('Invalid API Key provided: sk_test_********nKey');
    const none = await fetch(`${account.sandbox.urls.stripe}/v1/customers`);
    expect([none.status, none.headers.get('www-authenticate')]).toEqual([401, 'Basic realm="Stripe"']);
  });

  it('takes the key as the user of HTTP basic too', async () => {
    await using account = await openAccount();
    const key = account.sandbox.credentials.stripe?.['token'];
    const authorization = `Basic ${Buffer.from(`${key}:`).toString('base64')}`;
    expect((await raw(account, '/v1/customers', { headers: { authorization } })).status).toBe(200);
  });

  it('answers an injected rate limit with the vendor’s own 429', async () => {
    await using account = await openAccount();
    await post(`${account.sandbox.controlUrl}/faults`, { vendor: 'stripe', kind: 'ratelimit', times: 1 });
    const error = await refusal(account.stripe.customers.list());
    expect(error).toMatchObject({ statusCode: 429, code: 'rate_limit' });
    expect((await account.stripe.customers.list()).data).toHaveLength(10);
  });

  it('allows 25 requests a second, 20 of them searches, at the vendor’s own rate', async () => {
    let now = Date.parse('2026-11-02T09:00:00Z');
    await using account = await openAccount({ rateFactor: 1, now: () => now });
    const statuses = async (count: number, path: string) => {
      const answers = await Promise.all(Array.from({ length: count }, () => raw(account, path)));
      return answers.map(({ status }) => status).filter((status) => status === 429).length;
    };
    expect(await statuses(21, `/v1/customers/search?query=${encodeURIComponent("name:'a'")}`)).toBe(1);
    now += 1_000;
    expect(await statuses(27, '/v1/prices')).toBe(2);
  });

  it('names every unknown path', async () => {
    await using account = await openAccount();
    const answer = await raw(account, '/v1/unicorns');
    expect([answer.status, await answer.text()]).toEqual([404, expect.stringContaining('(GET: /v1/unicorns)')]);
  });
});

async function brightforge({ stripe }: Account): Promise<Stripe.Customer> {
  const { data } = await stripe.customers.search({ query: `metadata['domain']:'${BRIGHTFORGE}'` });
  const [customer] = data;
  if (customer === undefined) throw new Error('Brightforge is no customer.');
  return customer;
}

async function fixture(name: string): Promise<object> {
  return JSON.parse(
    await readFile(new URL(`../../sources/stripe/fixtures/${name}`, import.meta.url), 'utf8'),
  ) as object;
}

function omit(record: Record<string, string>, key: string): Record<string, string> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));
}
