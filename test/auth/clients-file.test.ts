import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { allScopes } from '../../src/auth/api-keys.ts';
import { clientsJsonSchema, NO_CLIENTS } from '../../src/config/clients.ts';
import { readClientsFile } from '../../src/config/clients-file.ts';
import { ConfigError } from '../../src/config/config-error.ts';

const SCHEMA = fileURLToPath(new URL('../../schema/clients.schema.json', import.meta.url));
const SCOPES = allScopes(['stripe', 'zendesk']);
let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'clients-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const readText = (text: string) => {
  writeFileSync(join(dir, 'clients.yaml'), text);
  return readClientsFile(dir, SCOPES);
};

/** A whole file from one entry in YAML's short form. */
const withIssuer = (issuer: string) => `issuers:\n  - { ${issuer} }`;
const withClient = (client: string) => `clients:\n  - { ${client} }`;

describe('clients.yaml', () => {
  it('may be missing or empty: then there are no clients', () => {
    expect(readClientsFile(dir, SCOPES)).toEqual(NO_CLIENTS);
    expect(readText('# nobody yet\n')).toEqual({ issuers: [], clients: [] });
  });

  it('is completed by editors from the schema in schema/', () => {
    expect(readFileSync(SCHEMA, 'utf8')).toBe(clientsJsonSchema());
  });

  it('gives an issuer the defaults of what it leaves out', () => {
    const { issuers } = readText(withIssuer('issuer: https://login.example.com/, audience: graph'));
    expect(issuers).toEqual([
      {
        issuer: 'https://login.example.com/',
        audience: ['graph'],
        algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'],
        scopesClaim: 'scope',
        clockToleranceSeconds: 5,
      },
    ]);
  });

  it('takes http:// from an issuer on this machine only', () => {
    const issuers = ['http://127.0.0.1:9000', 'http://localhost:9000', 'http://[::1]:9000'];
    for (const issuer of issuers)
      expect(readText(withIssuer(`issuer: "${issuer}", audience: graph`)).issuers).toMatchObject([{ issuer }]);
  });

  it.each([
    ['people: []', 1, 'Found unknown key "people". Remove it or correct its name.'],
    [withIssuer('issuer: login.example.com, audience: a'), 2, 'expected a URL that begins with https://'],
    [withIssuer('issuer: http://login.example.com, audience: a'), 2, 'expected a URL that begins with https://'],
    [withIssuer('issuer: http://127.0.0.1.example.com, audience: a'), 2, 'expected a URL that begins with https://'],
    [withIssuer('issuer: https://me:pass@login.example.com, audience: a'), 2, 'expected a URL that begins'],
    [withIssuer('issuer: https://login.example.com'), 2, 'Found no "issuers.0.audience"'],
    [withIssuer('issuer: https://a.io, audience: []'), 2, '"issuers.0.audience", expected'],
    [withIssuer('issuer: https://a.io, audience: a, algorithms: [none]'), 2, 'Found "none"'],
    [withIssuer('issuer: https://a.io, audience: a, algorithms: [HS256]'), 2, 'Found "HS256"'],
    [withIssuer('issuer: https://a.io, audience: a, clockToleranceSeconds: 31'), 2, 'expected at most 30'],
    [withIssuer('issuer: https://a.io, audience: a, jwks: http://a.io/jwks'), 2, 'expected a URL that begins'],
    [
      'issuers:\n  - { issuer: https://a.io, audience: a }\n  - { issuer: https://a.io, audience: b }',
      3,
      'Found issuer "https://a.io" a second time, expected each once.',
    ],
    [withClient('id: Web, kind: app, proof: key, scopes: []'), 2, 'expected 1 to 40 of a-z, 0-9 and -'],
    [withClient('id: operator, kind: app, proof: key, scopes: []'), 2, 'expected another name'],
    [withClient('id: demo-app, kind: app, proof: key, scopes: []'), 2, 'expected another name'],
    [withClient('id: web, kind: operator, proof: key, scopes: []'), 2, 'expected one of frontend, app, agent'],
    [withClient('id: web, kind: app, proof: password, scopes: []'), 2, '"clients.0.proof", expected key or an object'],
    [withClient('id: web, kind: app, proof: key'), 2, 'Found no "clients.0.scopes", expected an array'],
    [withClient('id: web, kind: app, proof: key, scopes: [], quota: { concurrency: 0 }'), 2, 'expected at least 1'],
    [
      'clients:\n  - id: web\n    kind: app\n    proof: key\n    scopes:\n      - stripe:read\n      - hubspot:read',
      7,
      'web: Found scope "hubspot:read", expected one of stripe:read, stripe:write, zendesk:read',
    ],
    [withClient('id: web, kind: app, proof: key, scopes: ["*:read"]'), 2, 'Found scope "*:read"'],
    [
      withClient('id: web, kind: app, proof: { issuer: https://b.io, client: c }, scopes: []'),
      2,
      'web: Found issuer "https://b.io", expected one of "issuers", but there are none.',
    ],
    [
      'clients:\n  - { id: web, kind: app, proof: key, scopes: [] }\n  - { id: web, kind: agent, proof: key, scopes: [] }',
      3,
      'web: Found this client a second time, expected each id once.',
    ],
    [
      'issuers: [{ issuer: https://a.io, audience: a }]\nclients:\n' +
        '  - { id: one, kind: app, proof: { issuer: https://a.io, client: c }, scopes: [] }\n' +
        '  - { id: two, kind: app, proof: { issuer: https://a.io, client: c }, scopes: [] }',
      4,
      'two: Found the proof of another client, expected one of its own.',
    ],
    ['limits: { agent: { depth: 0 } }', 1, 'expected at least 1'],
    ['clients: [', 1, 'Found YAML that cannot be read'],
  ])('names the line of what is wrong: %j', (text, line, message) => {
    expect(() => readText(text)).toThrow(
      expect.objectContaining({ name: 'ConfigError', line, message: expect.stringContaining(message) }),
    );
  });

  it('tells all that is wrong at once', () => {
    const text =
      'clients:\n  - { id: a, kind: app, proof: { issuer: https://b.io, client: c }, scopes: [x] }\n' +
      '  - { id: a, kind: app, proof: key, scopes: [y] }';
    let thrown: unknown;
    try {
      readText(text);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(ConfigError);
    expect(thrown instanceof ConfigError && thrown.problems).toHaveLength(4);
  });
});
