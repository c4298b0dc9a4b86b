/** Many callers at once: no vendor gets more than it takes, and nobody gets what is another's. */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readGraphFolder } from '../../src/config/graph-folder.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { allAt, type FaultyGateway, startFaultyGateway } from './faulty-gateway.ts';
import { json, type StubVendor, startStubVendor } from './stub-vendor.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

describe('fifty operations at once', () => {
  it('never make more calls to a vendor than its vendor.yaml allows', async () => {
    const stubs = new Map<string, StubVendor>();
    for (const vendor of ['stripe', 'zendesk', 'bamboohr'] as const) {
      // Slow enough for calls to overlap.
      const answer = (_request: unknown, response: Parameters<typeof json>[0]) =>
        void setTimeout(() => json(response, 200, { id: 'x', ticket: { id: 1 } }), 20);
      stubs.set(vendor, await startStubVendor(answer));
    }
    const urls = Object.fromEntries(Array.from(stubs, ([vendor, { url }]) => [vendor, url]));
    await using running = await startFaultyGateway({ vendors: allAt('http://127.0.0.1:1', urls) });
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        running.ask(
          `{ stripeCustomer(id: "c${index}") { id } zendeskTicket(id: "${index}") { id } bamboohrEmployee(id: "${index}") { id } }`,
        ),
      ),
    );
    expect(answers.flatMap(({ errors }) => errors)).toEqual([]);
    for (const { vendor, config } of readGraphFolder(ROOT).sources) {
      const stub = stubs.get(vendor);
      if (!stub) continue;
      expect(stub.requests).toHaveLength(50);
      expect(stub.mostParallel, vendor).toBeLessThanOrEqual(config.limits.concurrency);
      expect(stub.mostParallel, vendor).toBeGreaterThan(1);
    }
    for (const stub of stubs.values()) await stub[Symbol.asyncDispose]();
  });

  it('beyond those that may wait are told so at once', async () => {
    await using vendor = await startStubVendor(() => {});
    await using running = await startFaultyGateway({
      vendors: allAt(vendor.url),
      changes: { stripe: { timeoutMs: 60_000, limits: { concurrency: 1, maxQueued: 2 } } },
    });
    const leave = new AbortController();
    const ask = (id: number) => running.ask({ query: `{ stripeCustomer(id: "${id}") { id } }`, signal: leave.signal });
    const settled = await Promise.any(Array.from({ length: 4 }, (_, index) => ask(index)));
    expect(settled.errors).toMatchObject([
      { extensions: { code: 'VENDOR_RATE_LIMITED', vendor: 'stripe', operation: 'stripeCustomer', retryable: true } },
    ]);
    leave.abort();
    await expect.poll(() => vendor.parallel, { timeout: 5_000 }).toBe(0);
  });
});

describe('two hundred operations of four callers', () => {
  let sandbox: Sandbox;
  let running: FaultyGateway;
  beforeAll(async () => {
    sandbox = await startSandbox({ rateFactor: 100_000 });
    // Gateway and eight vendors share one process here, which may take longer than a caller would wait.
    running = await startFaultyGateway({ vendors: sandbox, env: { OPERATION_TIMEOUT_MS: '60000' } });
  });
  afterAll(async () => {
    await running[Symbol.asyncDispose]();
    await sandbox[Symbol.asyncDispose]();
  });

  const KEYS = ['vg_demo_frontend', 'vg_demo_app', 'vg_demo_agent', 'vg_demo_admin'];
  const AGENT = KEYS.indexOf('vg_demo_agent');
  const query = readFileSync(`${ROOT}schema/operations/customer-360.graphql`, 'utf8')
    .replace('query Customer360', 'query Customer360($email: String!, $canary: ID!)')
    .replace('"ada.lindqvist@brightforge.io"', '$email')
    .replace('name\n', 'email name\n')
    .replace(/\}\s*$/, ' canary: stripeCustomer(id: $canary) { id } }');

  it('are each answered with their own person and with nothing of another', async () => {
    const people = sandbox.world.people
      .map(({ email }) => email)
      .filter((email, index, all) => email && all.indexOf(email) === index);
    const emails = KEYS.map((_, index) => people[index * 3] ?? '');
    const ask = (index: number) => {
      const caller = index % KEYS.length;
      return running.ask({
        query,
        key: KEYS[caller] ?? '',
        variables: { email: emails[caller], canary: `CANARY-${caller}` },
      });
    };
    const alone = [];
    for (const caller of KEYS.keys()) alone.push(await ask(caller));
    expect(new Set(alone.map(({ text }) => text)).size).toBe(KEYS.length);

    // Ten of each caller at a time: what an agent may have in flight.
    const answers = [];
    for (let start = 0; start < 200; start += 40)
      answers.push(...(await Promise.all(Array.from({ length: 40 }, (_, index) => ask(start + index)))));
    expect(answers).toHaveLength(200);
    for (const [index, { status, data, text }] of answers.entries()) {
      const caller = index % KEYS.length;
      expect(status).toBe(200);
      expect(data).toEqual(alone[caller]?.data);
      const email = emails[caller] ?? '';
      // The agent may not read personal data.
      const shown = caller === AGENT ? email.replace(/(?<=^.).*(?=@)/, '***') : email;
      expect(data).toMatchObject({ person: { email: shown } });
      for (const [other, email] of emails.entries()) if (other !== caller) expect(text).not.toContain(email);
    }
    const { log } = (await (await fetch(`${sandbox.controlUrl}/calls`)).json()) as { log: { path: string }[] };
    expect(log.length).toBeGreaterThan(200);
  }, 60_000);
});
