/** A whole gateway whose disk takes no more (`prlimit --fsize`): no write goes to a vendor, whichever transport asks, and it is said. */
import { execFileSync } from 'node:child_process';
import { createClient } from 'graphql-ws';
import { describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { startWithSandbox } from '../start/running-command.ts';

const WRITE = 'mutation { slackPostMessage(input: { channel: "C0", text: "x" }) { ts } }';
const KEY = 'vg_demo_app';
const PATIENT = { timeout: 15_000 };

const WAYS: Readonly<Record<string, (url: string) => Promise<string>>> = {
  POST: (url) => post(url, 'application/json'),
  'POST for a stream': (url) => post(url, 'text/event-stream'),
  async WebSocket(url) {
    const client = createClient({
      url: `${url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${KEY}` },
    });
    const { value } = await client.iterate({ query: WRITE }).next();
    await client.dispose();
    return JSON.stringify(value);
  },
};

async function post(url: string, accept: string): Promise<string> {
  const headers = { accept, 'content-type': 'application/json', authorization: `Bearer ${KEY}` };
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query: WRITE }) });
  return response.text();
}

describe.skipIf(process.platform !== 'linux')('a gateway whose disk takes no more', () => {
  it('refuses writes before a vendor hears of them, is not ready, and goes on when there is room', async () => {
    await using gateway = await startWithSandbox();
    const limit = (bytes: string) => execFileSync('prlimit', ['--pid', String(gateway.pid), `--fsize=${bytes}:`]);
    const ready = async () => (await fetch(`${gateway.url}/readyz`)).status;
    const calls = async () => JSON.stringify(await gateway.control('GET', '/calls'));
    // The record begins while there is room.
    await (await gateway.ask(WRITE, KEY)).text();
    expect(await calls()).toContain('chat');
    expect(await ready()).toBe(200);
    await gateway.control('POST', '/reset');

    limit('1');
    for (const [transport, write] of Object.entries(WAYS)) {
      const said = await write(gateway.url);
      expect(said, transport).toMatch(/"code":"INTERNAL".*"retryable":true/);
      expect(said, transport).not.toMatch(/"ts":/);
    }
    expect(await calls()).not.toContain('chat');
    expect(await ready()).toBe(503);
    const read = await gateway.ask('{ slackUsers(first: 1) { nodes { id } } }', KEY);
    expect(await read.json()).toMatchObject({ data: { slackUsers: { nodes: [{}] } } });

    limit('unlimited');
    await expect.poll(ready, PATIENT).toBe(200);
    await (await gateway.ask(WRITE, KEY)).text();
    expect(await calls()).toContain('chat');
  });
});
