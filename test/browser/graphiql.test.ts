/** GraphiQL as a newcomer meets it, in a real browser. `SCREENSHOT_DIR` saves what it looks like. */
import { join } from 'node:path';
import type { Browser, Locator, Page, Request } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GatewayUnderTest, startGatewayUnderTest } from '../gateway-under-test.ts';
import { launchChromium, noChromium } from './chromium.ts';

if (noChromium) process.stderr.write(`Skipped: GraphiQL in a browser. ${noChromium}.\n`);

interface OpenPage extends AsyncDisposable {
  page: Page;
  /** Addresses asked for, sockets included. */
  requests: string[];
  /** What the page itself complains about. */
  complaints: string[];
  tabs: Locator;
}

describe.skipIf(noChromium)('GraphiQL', () => {
  let gateway: GatewayUnderTest;
  let browser: Browser;
  beforeAll(async () => {
    gateway = await startGatewayUnderTest();
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser.close();
    await gateway[Symbol.asyncDispose]();
  });

  /** As somebody who was never here before. */
  async function openGraphiql(): Promise<OpenPage> {
    const context = await browser.newContext({ viewport: { width: 1400, height: 900 } });
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    const [requests, complaints]: string[][] = [[], []];
    page.on('request', (request) => requests?.push(request.url()));
    page.on('websocket', (socket) => requests?.push(socket.url()));
    page.on('pageerror', (error) => complaints?.push(error.message));
    page.on('console', (message) => message.type() === 'error' && complaints?.push(message.text()));
    await page.goto(`${gateway.gateway.url}/graphql`);
    await page.getByRole('button', { name: /execute query/i }).waitFor();
    const tabs = page.locator('.graphiql-tab-button');
    return {
      page,
      requests: requests ?? [],
      complaints: complaints ?? [],
      tabs,
      [Symbol.asyncDispose]: () => context.close(),
    };
  }

  /** Presses the button until it asks (GraphiQL takes no press in the moment after a tab was opened); the answer as it came. */
  async function run({ page }: OpenPage): Promise<{ data: unknown; errors?: unknown; extensions?: unknown }> {
    const button = page.getByRole('button', { name: /execute query/i });
    const isQuestion = (request: Request) => request.postData()?.includes('IntrospectionQuery') === false;
    for (let press = 1; press <= 10; press += 1) {
      const asked = page.waitForRequest(isQuestion, { timeout: 1_000 }).catch(() => undefined);
      await button.click();
      const response = await (await asked)?.response();
      if (response) return response.json();
    }
    throw new Error('Nothing was asked.');
  }

  /** The text in view, with ordinary spaces. */
  async function textOf(editor: Locator): Promise<string> {
    return (await editor.locator('.view-lines').innerText()).replaceAll('\u00a0', ' ');
  }

  async function screenshot(page: Page, name: string): Promise<void> {
    const dir = process.env['SCREENSHOT_DIR'];
    if (dir) await page.screenshot({ path: join(dir, `${name}.png`) });
  }

  it('opens with three named examples, a demo key filled in, and asks nobody but the gateway', async () => {
    await using open = await openGraphiql();
    const { page, requests, complaints, tabs } = open;
    expect((await tabs.allInnerTexts()).map((text) => text.trim())).toEqual([
      'Customer360',
      'MoneyAndTickets',
      'PeopleDirectory',
    ]);
    expect(await textOf(page.locator('.graphiql-query-editor'))).toContain('query Customer360 {');
    const headers = page.locator('.graphiql-editor-tool .graphiql-editor:not(.hidden)');
    await expect.poll(() => textOf(headers)).toContain('"authorization": "Bearer vg_demo_app"');
    await screenshot(page, 'graphiql');
    await run(open);
    expect(requests.length).toBeGreaterThan(2);
    const elsewhere = requests.filter((url) => !url.replace(/^blob:/, '').startsWith(gateway.gateway.url));
    expect(elsewhere).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it('answers the first example, and shows what it took', async () => {
    await using open = await openGraphiql();
    expect(await run(open)).toMatchObject({
      data: { person: { name: 'Ada Lindqvist' } },
      extensions: { explain: { waves: expect.any(Number), cost: expect.any(Number), vendorCalls: expect.any(Array) } },
    });
    const answer = open.page.locator('.graphiql-response');
    await expect.poll(() => textOf(answer)).toContain('"name": "Ada Lindqvist"');
    await screenshot(open.page, 'graphiql-answer');
    await answer.click();
    await open.page.keyboard.press('Control+End');
    await expect.poll(() => textOf(answer)).toMatch(/"vendor": "\w+"[\s\S]*"waves": \d/);
    await screenshot(open.page, 'graphiql-explain');
  });

  it('answers every example without an error', async () => {
    await using open = await openGraphiql();
    const answer = open.page.locator('.graphiql-response');
    const examples = { Customer360: 'person', MoneyAndTickets: 'account', PeopleDirectory: 'people' };
    for (const [index, [query, field]] of Object.entries(examples).entries()) {
      await open.tabs.nth(index).click();
      await expect.poll(() => textOf(open.page.locator('.graphiql-query-editor'))).toContain(`query ${query} {`);
      const { data, errors } = await run(open);
      expect(errors).toBeUndefined();
      expect(data).toEqual({ [field]: expect.any(Object) });
      await expect.poll(() => textOf(answer)).toContain(`"${field}": {`);
    }
  });

  it('shows events as they come', async () => {
    await gateway.control('PUT', '/webhooks', { url: `${gateway.gateway.url}/webhooks` });
    await using open = await openGraphiql();
    const { page } = open;
    await open.tabs.nth(0).click();
    await page.locator('.graphiql-query-editor .view-lines').click();
    await page.keyboard.press('Control+A');
    await page.keyboard.insertText('subscription { invoiceEvents { type invoice { status } account { name } } }');
    // GraphiQL takes no press in the moment after a tab was opened; while it listens, the button has another name.
    const execute = page.getByRole('button', { name: /execute query/i });
    await expect
      .poll(
        async () => {
          if (await execute.isVisible()) await execute.click({ timeout: 1_000 }).catch(() => {});
          return metrics();
        },
        { timeout: 20_000, interval: 1_500 },
      )
      .toMatch(/^vendorgraph_subscriptions [1-9]/m);
    await gateway.control('POST', '/emit', { vendor: 'stripe', type: 'invoice.paid' });
    await expect
      .poll(() => textOf(page.locator('.graphiql-response')), { timeout: 10_000 })
      .toContain('"type": "invoice.paid"');
    await screenshot(page, 'graphiql-events');
  });

  async function metrics(): Promise<string> {
    const headers = { authorization: 'Bearer vg_demo_admin' };
    return await (await fetch(`${gateway.gateway.url}/metrics`, { headers })).text();
  }

  it('explains the types in its documentation', async () => {
    await using open = await openGraphiql();
    const { page } = open;
    await page.getByRole('button', { name: /show documentation explorer/i }).click();
    const docs = page.locator('.graphiql-doc-explorer');
    await docs.getByRole('link', { name: 'Query' }).first().click();
    await expect.poll(() => docs.innerText()).toContain('null when none of');
    await docs.getByRole('link', { name: 'Person', exact: true }).first().click();
    await expect
      .poll(() => docs.innerText())
      .toContain('One human being, recognised by e-mail address in every system.');
    await screenshot(page, 'graphiql-docs');
  });
});
