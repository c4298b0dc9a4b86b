/** `webhook:` of vendor.yaml: what is refused before anything is received, and that a new vendor is data alone. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { ConfigError } from '../../src/config/config-error.ts';
import { readVendorFile } from '../../src/config/vendor-file.ts';
import { createSecretReader } from '../../src/secrets/secret.ts';
import { resolveWebhooks } from '../../src/webhooks/resolve-webhooks.ts';
import { createMemoryLog } from './memory-log.ts';
import { startReceiver } from './receiver-under-test.ts';
import { NOW, signerOf } from './signers.ts';

const SECRET = signerOf('standard').secret;

/** A vendor nobody has heard of, as a person would describe it. */
const VENDOR = {
  ...{ vendor: 'acme', title: 'Acme', role: 'parcels', endpoint: 'https://api.acme.example' },
  auth: { kind: 'bearer', token: 'secret://env/ACME_TOKEN' },
  limits: { concurrency: 4 },
  errors: { message: ['message'] },
};
const WEBHOOK = { scheme: 'standard', secret: 'secret://env/ACME_WEBHOOK', type: 'kind' };

function sourceOf(webhook: Record<string, unknown>, vendor = VENDOR) {
  const folder = mkdtempSync(join(tmpdir(), 'vendorgraph-webhook-'));
  try {
    const path = join(folder, 'vendor.yaml');
    writeFileSync(path, stringify({ ...vendor, webhook }));
    const { config, yaml } = readVendorFile(path);
    return { vendor: config.vendor, config, vendorYaml: yaml };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function resolve(webhook: Record<string, unknown>, env: Record<string, string> = { ACME_WEBHOOK: SECRET }) {
  return resolveWebhooks({ sources: [sourceOf(webhook)], readSecret: createSecretReader({ env }), now: () => NOW });
}

it('receives from a vendor of which it knows nothing but its vendor.yaml', async () => {
  const { webhooks, problems } = resolve({ ...WEBHOOK, elements: 'events', time: { path: 'at', unit: 'iso' } });
  expect(problems).toEqual([]);
  const log = createMemoryLog();
  await using under = await startReceiver({ log, webhooks: [...webhooks.values()] });
  const body = JSON.stringify({
    events: [{ kind: 'parcel.sent', at: '2026-01-15T01:00:00+01:00' }, { kind: 'parcel.lost' }],
  });
  const headers = {
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(NOW / 1_000),
    'webhook-signature': new Webhook(SECRET).sign('msg_1', new Date(NOW), body),
  };
  expect((await under.post('/webhooks/acme', body, headers)).status).toBe(200);
  expect(log.stored[0]?.events).toMatchObject([
    { type: 'parcel.sent', eventId: 'msg_1:0', vendorTime: NOW },
    { type: 'parcel.lost', eventId: 'msg_1:1' },
  ]);
});

describe('does not start', () => {
  const problemsOf = (webhook: Record<string, unknown>): string => {
    try {
      sourceOf(webhook);
      return 'no problem';
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError);
      return (error as ConfigError).format(); // just proved
    }
  };

  it.each([
    ['the scheme none', { scheme: 'none' }, /expected one of standard, svix,/],
    ['no secret', { secret: undefined }, /expected either secret or secrets/],
    ['a secret twice', { secrets: [{ id: 'a', secret: 'secret://env/A' }] }, /expected either secret or secrets/],
    ['a secret itself', { secret: 'whsec_c2VjcmV0' }, /expected secret:\/\/env\/NAME/],
    ['an empty secret', { secret: '' }, /expected secret:\/\/env\/NAME/],
    ['no type', { type: undefined }, /"webhook.type"/],
    ['keys that are forgotten too soon', { dedupeDays: 3 }, /at least 4/],
    ['a window longer than keys live', { toleranceSeconds: 400_000 }, /at most 259200/],
    ['a bad range', { allowAddresses: ['203.0.113.0/33'] }, /expected an address or a range/],
    ['a type in a credential', { type: 'header:Authorization' }, /no credential and no signature/],
    ['an id in a signature', { idHeader: 'X-Acme-Signature' }, /no credential and no signature/],
    ['a key it does not know', { elments: '$' }, /unknown key "elments"/],
  ])('with %s', (_, change, message) => {
    const text = problemsOf({ ...WEBHOOK, ...change });
    expect(text).toMatch(message);
    expect(text).not.toContain('c2VjcmV0');
  });

  it.each([
    ['equal ids', [{ id: 'a' }, { id: 'a' }], /expected ids that differ/],
    [
      'an end before its beginning',
      [{ id: 'a', notBefore: '2026-02-01T00:00:00Z', notAfter: '2026-01-01T00:00:00Z' }],
      /later than/,
    ],
    ['a time without a zone', [{ id: 'a', notAfter: '2026-02-01' }], /expected a time such as/],
  ])('with secrets of %s', (_, spans, message) => {
    const secrets = spans.map((span) => ({ ...span, secret: 'secret://env/A' }));
    expect(problemsOf({ ...WEBHOOK, secret: undefined, secrets })).toMatch(message);
  });

  it.each([
    ['is not set', {}, /secret:\/\/env\/ACME_WEBHOOK is not set/],
    ['is not base64', { ACME_WEBHOOK: 'whsec_hidden!' }, /The webhook secret is not base64/],
    ['is empty behind its prefix', { ACME_WEBHOOK: 'whsec_' }, /The webhook secret is empty/],
    ['is the vendor’s own key', { ACME_WEBHOOK: 'whsk_aGlkZGVu' }, /expected its public key/],
  ])('with a secret that %s, which it names without showing it', (_, env, message) => {
    const { webhooks, unready, problems } = resolve(WEBHOOK, env);
    expect([webhooks.size, [...unready]]).toEqual([0, ['acme']]);
    expect(problems).toMatchObject([
      { subject: 'acme', line: expect.any(Number), message: expect.stringMatching(message) },
    ]);
    expect(JSON.stringify(problems)).not.toMatch(/hidden|aGlkZGVu/);
  });

  it('with Cal.com’s word for no secret', () => {
    const { problems } = resolve({ ...WEBHOOK, scheme: 'calcom' }, { ACME_WEBHOOK: 'no-secret-provided' });
    expect(problems[0]?.message).toMatch(/what the vendor sends when it has no secret/);
  });

  it('with secrets that have all ended, while one that has ended beside a live one needs no value', () => {
    const old = { id: 'old', secret: 'secret://env/GONE', notAfter: '2026-01-01T00:00:00Z' };
    const live = { id: 'new', secret: 'secret://env/ACME_WEBHOOK' };
    const { secret: _, ...webhook } = WEBHOOK;
    expect(resolve({ ...webhook, secrets: [old] }).problems[0]?.message).toMatch(/only secrets that have ended/);
    expect(resolve({ ...webhook, secrets: [old, live] }).problems).toEqual([]);
  });
});

it('keeps the secrets of every source out of what a resolved webhook shows', () => {
  const { webhooks } = resolve(WEBHOOK);
  webhooks.get('acme')?.secrets[0]?.key();
  const shown = `${JSON.stringify([...webhooks])}${[...webhooks].map((entry) => String(entry))}`;
  expect(shown).not.toContain(SECRET.slice(6, 20));
});

it('reads no secret in the sandbox, and leaves out a vendor the sandbox does not have', () => {
  const readSecret = (): string => {
    throw new Error('A secret was read.');
  };
  const sources = [sourceOf(WEBHOOK)];
  expect(resolveWebhooks({ sources, readSecret, sandbox: {} }).webhooks.size).toBe(0);
  const { webhooks, problems } = resolveWebhooks({ sources, readSecret, sandbox: { acme: SECRET } });
  expect([webhooks.size, problems]).toEqual([1, []]);
});
