/** A page of another origin, in a real browser: it reaches the gateway, and can neither execute, nor read, nor show it in a frame. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium, noChromium } from '../browser/chromium.ts';
import { type GatewayUnderTest, startGatewayUnderTest } from '../gateway-under-test.ts';

if (noChromium) process.stderr.write(`Skipped: a page of another origin. ${noChromium}.\n`);

const PAGE = readFileSync(new URL('other-origin.html', import.meta.url));
const QUERY = '{ stripeInvoices(first: 1) { nodes { id } } }';

/** Another port is another origin. */
async function startElsewhere(): Promise<AsyncDisposable & { url: string }> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end(PAGE);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on TCP has such an address.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

describe.skipIf(noChromium)('a page of another origin', () => {
  let running: GatewayUnderTest;
  let elsewhere: Awaited<ReturnType<typeof startElsewhere>>;
  let browser: Browser;
  beforeAll(async () => {
    [running, elsewhere, browser] = await Promise.all([startGatewayUnderTest(), startElsewhere(), launchChromium()]);
  });
  afterAll(async () => {
    await browser.close();
    await elsewhere[Symbol.asyncDispose]();
    await running[Symbol.asyncDispose]();
  });

  async function openPage() {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    await page.goto(elsewhere.url);
    const call = (name: string, ...args: string[]): Promise<unknown> =>
      page.evaluate(`${name}(${args.map((argument) => JSON.stringify(argument)).join()})`);
    return { page, complaints, call, [Symbol.asyncDispose]: () => page.close() };
  }

  it('executes nothing and reads nothing, although its requests arrive', async () => {
    await using open = await openPage();
    const url = `${running.gateway.url}/graphql`;
    const statuses: number[] = [];
    const blocked: string[] = [];
    open.page.on('response', (response) => response.url() === url && statuses.push(response.status()));
    open.page.on('requestfailed', (request) => blocked.push(String(request.failure()?.errorText)));
    expect(await open.call('attack', url, QUERY)).toEqual({
      text: 'TypeError',
      'form by fetch': 'TypeError',
      'GET unseen': 'TypeError',
      'GET to be read': 'TypeError',
      JSON: 'TypeError',
      'a credential it knows': 'TypeError',
      script: 'error',
      image: 'error',
      form: 'unreadable',
      'form in parts': 'unreadable',
      'form of text': 'unreadable',
      stream: 'error',
      socket: 'closed with 4403',
    });
    // The three forms arrived, and so did whatever the browser kept from the page because its answer is for nobody else.
    expect(statuses).toEqual([401, 401, 401]);
    expect(blocked.filter((reason) => reason.startsWith('net::ERR_BLOCKED_BY_RESPONSE')).length).toBeGreaterThan(2);
    expect(await running.calls()).toEqual({});
  });

  it('cannot show GraphiQL in a frame', async () => {
    await using open = await openPage();
    await open.call('frame', `${running.gateway.url}/graphql`);
    expect(open.complaints.join('\n')).toContain("frame-ancestors 'none'");
    const frame = open.page.frames().find((one) => one !== open.page.mainFrame());
    expect(await frame?.locator('#root').count()).toBe(0);
  });
});
