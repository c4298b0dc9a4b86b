/** With NODE_ENV=production the command starts with real credentials, or says in a line each what is missing and ends. */
import { describe, expect, it } from 'vitest';
import { VENDOR_NAMES } from '../../src/sandbox/vendor-name.ts';
import { ask, runCommand } from '../start/running-command.ts';

const PRODUCTION = { NODE_ENV: 'production' };
const API_KEY = 'a-key-of-the-operator';
const CREDENTIALS = {
  BAMBOOHR_API_KEY: 'x',
  CALCOM_API_KEY: 'x',
  HUBSPOT_ACCESS_TOKEN: 'x',
  PDL_API_KEY: 'x',
  RESEND_API_KEY: 'x',
  SLACK_BOT_TOKEN: 'x',
  STRIPE_SECRET_KEY: 'x',
  ZENDESK_USERNAME: 'x',
  ZENDESK_API_TOKEN: 'x',
};

const WEBHOOK_SECRETS = {
  BAMBOOHR_WEBHOOK_PRIVATE_KEY: 'x',
  CALCOM_WEBHOOK_SECRET: 'x',
  HUBSPOT_CLIENT_SECRET: 'x',
  RESEND_WEBHOOK_SECRET: 'whsec_eHh4eHh4eHh4eHh4eHh4eHh4eHg=',
  SLACK_SIGNING_SECRET: 'x',
  STRIPE_WEBHOOK_SECRET: 'x',
  ZENDESK_WEBHOOK_SECRET: 'x',
};

async function refusal(args: readonly string[], env: Record<string, string>): Promise<string[]> {
  await using command = runCommand(args, { env: { ...PRODUCTION, LOG_LEVEL: 'error', ...env } });
  expect(await command.ended).toEqual({ code: 1, signal: null });
  expect(command.stdout()).toBe('');
  expect(command.stderr()).not.toMatch(/^\s+at /m);
  return command.stderr().trimEnd().split('\n');
}

describe('in production', () => {
  it.each<[string, string[], Record<string, string>]>([
    ['an option', ['start', '--sandbox'], {}],
    ['a setting', ['start'], { VENDORGRAPH_SANDBOX: '1' }],
  ])('the sandbox is refused, switched on by %s', async (_by, args, env) => {
    expect(await refusal(args, { ...CREDENTIALS, VENDORGRAPH_API_KEY: API_KEY, ...env })).toEqual([
      'environment  VENDORGRAPH_SANDBOX: Found the sandbox switched on with NODE_ENV=production: its demo keys are public. Switch one of the two off.',
    ]);
  });

  it('a demo key is refused as the operator’s, in production and wherever there is no sandbox', async () => {
    for (const NODE_ENV of ['production', 'development']) {
      const env = { ...CREDENTIALS, VENDORGRAPH_API_KEY: 'vg_demo_frontend', NODE_ENV };
      expect(await refusal(['start'], env)).toEqual([
        'environment  VENDORGRAPH_API_KEY: Found a demo key, which everybody knows, outside the sandbox. Set a random text of your own.',
      ]);
    }
  });

  it('a gateway that nobody could call is refused', async () => {
    expect(await refusal(['start'], CREDENTIALS)).toEqual([
      'environment  VENDORGRAPH_API_KEY: Found no client in clients.yaml and no VENDORGRAPH_API_KEY: nobody could call. Add one of the two.',
    ]);
  });

  it('a vendor without its credential is refused, by name and with the name of what is missing', async () => {
    const { STRIPE_SECRET_KEY: _left, ZENDESK_API_TOKEN: _out, ...others } = CREDENTIALS;
    const said = await refusal(['start'], { ...others, VENDORGRAPH_API_KEY: API_KEY });
    expect(said).toEqual([
      expect.stringMatching(/^environment {2}stripe: secret:\/\/env\/STRIPE_SECRET_KEY is not set\. /),
      expect.stringMatching(/^environment {2}zendesk: secret:\/\/env\/ZENDESK_API_TOKEN is not set\. /),
    ]);
    expect(said.join()).not.toContain(API_KEY);
  });

  it('a credential that no header can carry is refused, without a word of it', async () => {
    const said = await refusal(['start'], {
      ...CREDENTIALS,
      STRIPE_SECRET_KEY: 'hunter2\n',
      VENDORGRAPH_API_KEY: API_KEY,
    });
    expect(said).toEqual([
      expect.stringMatching(
        /^environment {2}stripe: auth\.token \(secret:\/\/env\/STRIPE_SECRET_KEY\) holds characters /,
      ),
    ]);
    expect(said.join()).not.toContain('hunter2');
  });

  it('everything that is missing is told at once', async () => {
    const said = await refusal(['start'], {});
    expect(said.map((line) => line.split(':')[0]).toSorted()).toEqual(
      ['VENDORGRAPH_API_KEY', ...VENDOR_NAMES].map((subject) => `environment  ${subject}`).toSorted(),
    );
  });

  it('webhooks that nobody could verify are named with file and line', async () => {
    const { STRIPE_WEBHOOK_SECRET: _left, ...others } = WEBHOOK_SECRETS;
    expect(await refusal(['start'], { ...CREDENTIALS, ...others, VENDORGRAPH_API_KEY: API_KEY })).toEqual([
      expect.stringMatching(
        /^sources\/stripe\/vendor\.yaml:\d+:\d+ {2}stripe: secret:\/\/env\/STRIPE_WEBHOOK_SECRET is not set\. /,
      ),
    ]);
  });

  it('a gateway with all of them starts, knows no demo key and shows no GraphiQL', async () => {
    await using command = runCommand(['start'], {
      env: { ...PRODUCTION, ...CREDENTIALS, ...WEBHOOK_SECRETS, VENDORGRAPH_API_KEY: API_KEY },
    });
    const [, url = ''] = await command.printed(/"url":"(http[^"]+)\/graphql".*"gateway ready"/);
    expect((await ask(url, '{ __typename }', API_KEY)).status).toBe(200);
    expect((await ask(url, '{ __typename }', 'vg_demo_admin')).status).toBe(401);
    expect((await fetch(`${url}/graphql`, { headers: { accept: 'text/html' } })).status).toBe(401);
    command.kill('SIGTERM');
    expect(await command.ended).toEqual({ code: 0, signal: null });
  });
});
