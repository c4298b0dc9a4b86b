/** What docs/events.md and the README show of events is what the gateway does. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { parse } from 'yaml';
import { vendorSchema } from '../../src/config/vendor.ts';
import { WEBHOOK_SCHEMES, webhookSchema } from '../../src/config/webhook.ts';
import { ERROR_CODES } from '../../src/errors.ts';
import { type GatewayUnderTest, startGatewayUnderTest } from '../gateway-under-test.ts';

const ROOT = new URL('../../', import.meta.url);
const page = readText('docs/events.md');
const readme = readText('README.md');

function readText(path: string): string {
  return readFileSync(fileURLToPath(new URL(path, ROOT)), 'utf8');
}

/** The blocks that begin with ```` ```<head> ````. */
function blocks(text: string, head: string): string[] {
  return text
    .split(`\`\`\`${head}\n`)
    .slice(1)
    .map((part) => part.split('```')[0] ?? '');
}

describe('the page about events', () => {
  let running: GatewayUnderTest;
  beforeAll(async () => {
    running = await startGatewayUnderTest();
    await running.control('PUT', '/webhooks', { url: `${running.gateway.url}/webhooks` });
  });
  afterAll(() => running[Symbol.asyncDispose]());

  it('shows a subscription that gets what its vendor sends', async () => {
    const client = createClient({
      url: `${running.gateway.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: 'Bearer vg_demo_frontend' },
    });
    const answers = client.iterate({ query: blocks(page, 'graphql')[0] ?? '' });
    const first = answers.next();
    // Whoever is confirmed gets what comes from then on; when that is, only the gateway knows.
    await expect.poll(async () => (await metrics()).includes('vendorgraph_subscriptions 1')).toBe(true);
    await running.control('POST', '/emit', { vendor: 'stripe', type: 'invoice.paid' });
    const { value } = await first;
    expect(value).toMatchObject({
      data: {
        invoiceEvents: { type: 'invoice.paid', invoice: { status: 'paid' }, account: { domain: expect.any(String) } },
      },
      extensions: { cursor: expect.any(String) },
    });
    expect(value?.errors).toBeUndefined();
    await client.dispose();
  });

  it('shows a stream whose ids resume it', async () => {
    const [, body = ''] = /-d '(\{"query": "subscription.+\})'/.exec(readme) ?? [];
    const listen = (more: Record<string, string>) =>
      fetch(`${running.gateway.url}/graphql`, {
        method: 'POST',
        body,
        headers: {
          authorization: 'Bearer vg_demo_frontend',
          accept: 'text/event-stream',
          'content-type': 'application/json',
          ...more,
        },
      });
    const stream = (await listen({})).body?.pipeThrough(new TextDecoderStream()).getReader();
    const [, cursor = ''] = /^id: (\S+)$/m.exec((await stream?.read())?.value ?? '') ?? [];
    await stream?.cancel();
    await running.control('POST', '/emit', { vendor: 'stripe', type: 'invoice.paid' });
    const resumed = (await listen({ 'last-event-id': cursor })).body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (!text.includes('event: next')) text += (await resumed?.read())?.value ?? '';
    expect(text).toContain('"type":"invoice.paid"');
    await resumed?.cancel();
  });

  it('shows settings that vendor.yaml takes', () => {
    const [webhook = '', events = ''] = blocks(page, 'yaml vendor.yaml');
    expect(webhookSchema.parse(parse(webhook).webhook)).toMatchObject({ scheme: 'standard' });
    expect(vendorSchema.shape.events.parse(parse(events).events)).toHaveProperty('InvoiceEvent');
  });

  it('names every scheme there is', () => {
    const [, listed = ''] = /^Schemes: ([\s\S]+?)\. A vendor/m.exec(page) ?? [];
    expect([...listed.matchAll(/`(\w+)`/g)].map(([, name]) => name)).toEqual([...WEBHOOK_SCHEMES]);
  });

  it('names codes of the table only', () => {
    const codes = [...page.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, code]) => code);
    expect(codes.length).toBeGreaterThan(4);
    expect(codes.filter((code) => !(ERROR_CODES as readonly (string | undefined)[]).includes(code))).toEqual([]);
  });

  async function metrics(): Promise<string> {
    const headers = { authorization: 'Bearer vg_demo_admin' };
    return (await fetch(`${running.gateway.url}/metrics`, { headers })).text();
  }
});
