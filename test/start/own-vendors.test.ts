/** `vendorgraph start`: real vendors, no demo keys. Nothing leaves this machine: connections are reported instead of made. */
import { describe, expect, it } from 'vitest';
import { ask, type RunningCommand, runCommand } from './running-command.ts';

const API_KEY = 'the-key-of-an-operator';

/** Loaded before the gateway. */
const NO_NETWORK = `data:text/javascript,${encodeURIComponent(`
  import net from 'node:net';
  net.Socket.prototype.connect = function (...args) {
    process.stderr.write('connect ' + args.flat(2).find((part) => part?.host)?.host + '\\n');
    process.nextTick(() => this.destroy(Object.assign(new Error('no network'), { code: 'ECONNREFUSED' })));
    return this;
  };
`)}`;

interface Started extends AsyncDisposable {
  url: string;
  command: RunningCommand;
}

async function start(env: Record<string, string> = {}): Promise<Started> {
  const command = runCommand(['start'], {
    env: { VENDORGRAPH_API_KEY: API_KEY, ...env },
    node: ['--import', NO_NETWORK],
  });
  const [, url = ''] = await command.printed(/"url":"([^"]+)\/graphql"/);
  return { url, command, [Symbol.asyncDispose]: () => command[Symbol.asyncDispose]() };
}

const SLACK_QUERY = '{ slackConversations(first: 1) { nodes { id } } stripeInvoices(first: 1) { nodes { id } } }';

describe('without the sandbox', () => {
  it('refuses every demo key and takes the operator’s', async () => {
    await using gateway = await start();
    for (const key of ['vg_demo_frontend', 'vg_demo_app', 'vg_demo_agent', 'vg_demo_admin']) {
      expect((await ask(gateway.url, '{ __typename }', key)).status).toBe(401);
    }
    const answer = await ask(gateway.url, '{ __typename }', API_KEY);
    expect(await answer.json()).toMatchObject({ data: { __typename: 'Query' } });
  });

  it('serves no GraphiQL, not even to the operator, and prints neither banner nor keys', async () => {
    await using gateway = await start();
    for (const authorization of [undefined, `Bearer ${API_KEY}`]) {
      const headers = { accept: 'text/html', ...(authorization && { authorization }) };
      const response = await fetch(`${gateway.url}/graphql`, { headers });
      expect(response.status).toBeGreaterThanOrEqual(400);
      expect(await response.text()).not.toMatch(/graphiql|<html/i);
    }
    expect(gateway.command.stdout().trimEnd().split('\n')).toEqual([
      expect.stringContaining('gateway ready'),
      expect.stringContaining('webhooks are refused with 503: their secrets are missing'),
      expect.stringContaining('caller refused'),
    ]);
    expect(gateway.command.stdout()).not.toContain(API_KEY);
  });

  it('names the setting of a credential that is missing, and calls nobody', async () => {
    await using gateway = await start();
    const response = await ask(gateway.url, SLACK_QUERY, API_KEY);
    const { errors, data } = (await response.json()) as {
      errors: { message: string; extensions: unknown }[];
      data: unknown;
    };
    expect(data).toEqual({ slackConversations: { nodes: null }, stripeInvoices: { nodes: null } });
    expect(errors.map(({ extensions }) => extensions)).toMatchObject([
      { code: 'CONNECTION_MISSING', vendor: 'slack', operation: 'slackConversations', retryable: false },
      { code: 'CONNECTION_MISSING', vendor: 'stripe', operation: 'stripeInvoices', retryable: false },
    ]);
    expect(errors.map(({ message }) => message)).toEqual([
      expect.stringContaining('secret://env/SLACK_BOT_TOKEN is not set'),
      expect.stringContaining('secret://env/STRIPE_SECRET_KEY is not set'),
    ]);
    expect(gateway.command.stderr()).toBe('');
  });

  it('calls a vendor whose credential is there, at its own host, and shows the credential nowhere', async () => {
    await using gateway = await start({ STRIPE_SECRET_KEY: 'sk_live_4711' });
    const text = await (await ask(gateway.url, SLACK_QUERY, API_KEY)).text();
    const { errors } = JSON.parse(text) as { errors: { extensions: unknown }[] };
    expect(errors.map(({ extensions }) => extensions)).toMatchObject([
      { code: 'CONNECTION_MISSING', vendor: 'slack' },
      { code: 'VENDOR_DOWN', vendor: 'stripe', retryable: true },
    ]);
    const calls = gateway.command.stderr().trimEnd().split('\n');
    expect(new Set(calls)).toEqual(new Set(['connect api.stripe.com']));
    expect(text + gateway.command.stdout()).not.toContain('4711');
  });
});
