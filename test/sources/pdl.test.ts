/** People Data Labs' emulator against the vendor's own client. */
import { readFileSync } from 'node:fs';
import PDLJS from 'peopledatalabs';
import { describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';

const ADA = 'ada.lindqvist@brightforge.io';
const EVERYBODY = 'SELECT * FROM person';

function start(rateFactor?: number): Promise<Sandbox> {
  return startSandbox({ vendors: ['pdl'], ...(rateFactor === undefined ? {} : { rateFactor }) });
}

async function keyOf({ controlUrl }: Sandbox): Promise<string> {
  const world = (await (await fetch(`${controlUrl}/world`)).json()) as { credentials: { pdl: { key: string } } };
  return world.credentials.pdl.key;
}

async function clientOf(sandbox: Sandbox): Promise<PDLJS> {
  return new PDLJS({ apiKey: await keyOf(sandbox), basePath: `${sandbox.urls.pdl}/v5` });
}

async function get(sandbox: Sandbox, path: string, key?: string) {
  const headers = { 'X-Api-Key': key ?? (await keyOf(sandbox)) };
  const response = await fetch(`${sandbox.urls.pdl}${path}`, { headers });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  };
}

function fixture(name: string) {
  return JSON.parse(readFileSync(new URL(`../../sources/pdl/fixtures/${name}`, import.meta.url), 'utf8'));
}

describe('a single look-up', () => {
  it('finds a person by e-mail in any spelling', async () => {
    await using sandbox = await start();
    const client = await clientOf(sandbox);
    const { data, likelihood } = await client.person.enrichment({ email: 'Ada.Lindqvist@BrightForge.io' });
    expect(data).toMatchObject({ full_name: 'ada lindqvist', work_email: ADA, job_company_website: 'brightforge.io' });
    expect(likelihood).toBe(8);
  });

  it('finds a person by id, and by name together with the company', async () => {
    await using sandbox = await start();
    const client = await clientOf(sandbox);
    const byName = await client.person.enrichment({
      first_name: 'Ada',
      last_name: 'Lindqvist',
      company: 'Brightforge',
    });
    const byId = await client.person.enrichment({ pdl_id: String(byName.data.id) });
    expect(byId.data).toEqual(byName.data);
    expect(byId.likelihood).toBe(10);
  });

  it('finds a company by website in any form, by name and by id', async () => {
    await using sandbox = await start();
    const client = await clientOf(sandbox);
    const byWebsite = await client.company.enrichment({ website: 'https://www.Brightforge.io/about' });
    const byName = await client.company.enrichment({ name: 'BRIGHTFORGE' });
    const byId = await client.company.enrichment({ pdl_id: String(byWebsite.id) });
    expect(byWebsite).toMatchObject({ name: 'brightforge', website: 'brightforge.io', likelihood: 8 });
    expect([byName.id, byId.id]).toEqual([byWebsite.id, byWebsite.id]);
  });

  it('answers with the fields of the recorded example', async () => {
    await using sandbox = await start();
    const { body } = await get(sandbox, '/v5/company/enrich?website=brightforge.io');
    const example = fixture('enrich-company.json');
    expect(Object.keys(body).sort()).toEqual(Object.keys(example).sort());
    expect(Object.keys(Object(body['location'])).sort()).toEqual(Object.keys(example.location).sort());
  });

  it('capitalises on request and leaves addresses alone', async () => {
    await using sandbox = await start();
    const client = await clientOf(sandbox);
    const { data } = await client.person.enrichment({ email: ADA, titlecase: true });
    expect(data).toMatchObject({ full_name: 'Ada Lindqvist', job_company_name: 'Brightforge', work_email: ADA });
  });

  it('sends only the fields that were asked for', async () => {
    await using sandbox = await start();
    const client = await clientOf(sandbox);
    const some = await client.person.enrichment({ email: ADA, data_include: 'full_name,emails' });
    expect(Object.keys(some.data).sort()).toEqual(['emails', 'full_name']);
    const rest = await client.person.enrichment({ email: ADA, data_include: '-emails' });
    expect(rest.data.emails).toBeUndefined();
    expect(rest.data.full_name).toBe('ada lindqvist');
  });

  it('takes a match that is not certain enough, or lacks a required field, for none', async () => {
    await using sandbox = await start();
    const client = await clientOf(sandbox);
    await expect(client.person.enrichment({ email: ADA, min_likelihood: 9 })).rejects.toMatchObject({ status: 404 });
    await expect(client.person.enrichment({ email: ADA, required: 'facebook_url' })).rejects.toMatchObject({
      status: 404,
    });
    await expect(
      client.person.enrichment({ email: ADA, name: 'Ada Lindqvist', min_likelihood: 10 }),
    ).resolves.toMatchObject({
      likelihood: 10,
    });
  });

  it('says in the vendor’s words that nobody was found, and that nobody was named', async () => {
    await using sandbox = await start();
    const missing = await get(sandbox, '/v5/person/enrich?email=nobody%40nowhere.example');
    expect(missing).toMatchObject({ status: 404, body: { status: 404, error: { type: 'not_found' } } });
    const unnamed = await get(sandbox, '/v5/person/enrich?name=Ada%20Lindqvist');
    expect(unnamed).toMatchObject({ status: 400, body: { status: 400, error: { type: 'invalid_request_error' } } });
    expect(await get(sandbox, '/v5/company/enrich?country=sweden')).toMatchObject({ status: 400 });
  });

  it('knows exactly the people and companies of the world that have a profile', async () => {
    await using sandbox = await start();
    const client = await clientOf(sandbox);
    const unknown = sandbox.world.people.find(({ ids }) => ids.pdl === undefined);
    await expect(client.person.enrichment({ email: String(unknown?.email) })).rejects.toMatchObject({ status: 404 });
  });
});

describe('a bulk look-up', () => {
  it('answers each entry on its own and returns its metadata', async () => {
    await using sandbox = await start();
    const client = await clientOf(sandbox);
    const emails = [ADA.toUpperCase(), 'nobody@nowhere.example'];
    const requests = emails.map((email) => ({ params: { email }, metadata: { key: email } }));
    const { items, rateLimit } = await client.person.bulk.enrichment({ requests: [...requests, { params: {} }] });
    expect(items).toMatchObject([
      { status: 200, data: { work_email: ADA }, metadata: { key: ADA.toUpperCase() } },
      { status: 404, metadata: { key: 'nobody@nowhere.example' } },
      { status: 400 },
    ]);
    expect(rateLimit.callCreditsSpent).toBe(1);
    const [found, missing] = fixture('enrich-people.json');
    expect(Object.keys(items[0] ?? {}).sort()).toEqual(Object.keys(found).sort());
    expect(Object.keys(items[1] ?? {}).sort()).toEqual(Object.keys(missing).sort());
  });

  it('puts a company’s fields beside the status', async () => {
    await using sandbox = await start();
    const client = await clientOf(sandbox);
    const { items } = await client.company.bulk.enrichment({
      requests: [
        { params: { website: 'brightforge.io' }, metadata: { key: 'a' } },
        { params: { website: 'nowhere.example' } },
      ],
    });
    expect(items).toMatchObject([{ status: 200, name: 'brightforge', metadata: { key: 'a' } }, { status: 404 }]);
  });

  it('takes at most 100 entries', async () => {
    await using sandbox = await start();
    const client = await clientOf(sandbox);
    const requests = Array.from({ length: 101 }, () => ({ params: { email: ADA } }));
    await expect(client.person.bulk.enrichment({ requests })).rejects.toMatchObject({ status: 400 });
    await expect(client.person.bulk.enrichment({ requests: requests.slice(1) })).resolves.toMatchObject({
      items: { length: 100 },
    });
  });
});

describe('search', () => {
  it('scrolls to the end and gives every profile once', async () => {
    await using sandbox = await start();
    const client = await clientOf(sandbox);
    const ids: unknown[] = [];
    let scroll_token: string | undefined;
    do {
      const page = await client.person.search.sql({
        searchQuery: EVERYBODY,
        size: 100,
        ...(scroll_token ? { scroll_token } : {}),
      });
      ids.push(...page.data.map(({ id }) => id));
      scroll_token = page.scroll_token;
    } while (scroll_token);
    const known = sandbox.world.people.flatMap(({ ids: { pdl } }) => (pdl === undefined ? [] : [pdl]));
    expect(ids.length).toBe(known.length);
    expect(new Set(ids)).toEqual(new Set(known));
  });

  it('understands conditions over fields, lists and inner fields', async () => {
    await using sandbox = await start();
    const client = await clientOf(sandbox);
    const search = async (where: string) => {
      const page = await client.person.search.sql({ searchQuery: `SELECT * FROM person WHERE ${where}`, size: 100 });
      return page.data;
    };
    const colleagues = await search("experience.company.website = 'Brightforge.io' AND job_title IS NOT NULL");
    expect(colleagues.length).toBeGreaterThan(0);
    expect(await search(`emails.address IN ('${ADA}')`)).toMatchObject([{ full_name: 'ada lindqvist' }]);
    const either = await search(
      `(full_name LIKE 'ada lind%' OR work_email='${ADA}') AND NOT location_country='atlantis'`,
    );
    expect(either).toMatchObject([{ work_email: ADA }]);
  });

  it('searches companies by number, over GET as well', async () => {
    await using sandbox = await start();
    const sql = encodeURIComponent('SELECT * FROM company WHERE employee_count >= 500');
    const { body } = await get(sandbox, `/v5/company/search?sql=${sql}&size=100`);
    const { companies } = sandbox.world;
    expect(body['total']).toBe(
      companies.filter(({ employeeCount, ids }) => ids.pdl && (employeeCount ?? 0) >= 500).length,
    );
    expect(body['total']).toBeGreaterThan(0);
  });

  it('refuses what it cannot read, too large pages and forged tokens; no row at all is a 404', async () => {
    await using sandbox = await start();
    const sql = (where: string) => encodeURIComponent(`SELECT * FROM person WHERE ${where}`);
    expect(await get(sandbox, `/v5/person/search?sql=${sql('full_name ===')}`)).toMatchObject({ status: 400 });
    expect(await get(sandbox, `/v5/person/search?sql=${sql('sex IS NULL')}&size=101`)).toMatchObject({ status: 400 });
    expect(await get(sandbox, `/v5/person/search?sql=${sql('sex IS NULL')}&scroll_token=x`)).toMatchObject({
      status: 400,
    });
    expect(await get(sandbox, `/v5/person/search?sql=${sql("full_name = 'nobody'")}`)).toMatchObject({ status: 404 });
  });
});

describe('the door', () => {
  it('refuses a wrong key and a missing one', async () => {
    await using sandbox = await start();
    const wrong = new PDLJS({ apiKey: 'x'.repeat(64), basePath: `${sandbox.urls.pdl}/v5` });
    await expect(wrong.person.enrichment({ email: ADA })).rejects.toMatchObject({ status: 401 });
    expect(await get(sandbox, `/v5/person/enrich?email=${ADA}`, '')).toMatchObject({
      status: 401,
      body: { error: { type: 'authentication_error' } },
    });
  });

  it('tells limits and credits in headers the client reads', async () => {
    await using sandbox = await start(1);
    const client = await clientOf(sandbox);
    const { rateLimit } = await client.person.enrichment({ email: ADA });
    expect(rateLimit).toMatchObject({
      rateLimitLimit: { minute: 1000, day: null, month: null },
      rateLimitRemaining: { minute: 999 },
      callCreditsSpent: 1,
      callCreditsType: 'enrichment',
    });
    expect(Date.parse(String(rateLimit.rateLimitReset))).not.toBeNaN();
  });

  it('refuses the call after the last one of the minute', async () => {
    await using sandbox = await start(0.002);
    const client = await clientOf(sandbox);
    await client.company.enrichment({ website: 'brightforge.io' });
    await client.company.enrichment({ website: 'brightforge.io' });
    await expect(client.company.enrichment({ website: 'brightforge.io' })).rejects.toMatchObject({
      status: 429,
      rateLimit: { rateLimitRemaining: { minute: 0 } },
    });
  });

  it('fails as told: over the limit, out of credits', async () => {
    await using sandbox = await start();
    const client = await clientOf(sandbox);
    for (const fault of [
      { kind: 'ratelimit', value: 3, expected: 429 },
      { kind: 'status', value: 402, expected: 402 },
    ]) {
      const { expected, ...rest } = fault;
      await fetch(`${sandbox.controlUrl}/faults`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ vendor: 'pdl', times: 1, ...rest }),
      });
      await expect(client.person.enrichment({ email: ADA })).rejects.toMatchObject({ status: expected });
    }
    await expect(client.person.enrichment({ email: ADA })).resolves.toMatchObject({ status: 200 });
  });
});
