/** What a gateway does not use it does not load: jose and SQLite would cost each start their time and memory. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeKey } from '../../src/auth/issued-key.ts';
import { createSqliteKeyStore, keyStorePath } from '../../src/store/sqlite-key-store.ts';
import { ROOT } from '../start/running-command.ts';

let empty: string;
let filled: string;
beforeAll(async () => {
  [empty, filled] = [mkdtempSync(join(tmpdir(), 'lazy-')), mkdtempSync(join(tmpdir(), 'lazy-'))];
  await using store = createSqliteKeyStore({ path: keyStorePath(filled) });
  await store.add({ ...makeKey(), client: 'nightly', createdAt: 0 });
});
afterAll(() => {
  for (const dir of [empty, filled]) rmSync(dir, { recursive: true });
});

/** Which of the two a process of its own has loaded when it has started with these clients and answered this token. */
async function loadedBy(clients: object, dataDir: string, token: string): Promise<string[]> {
  const program = `
    import { registerHooks } from 'node:module';
    const loaded = new Set();
    registerHooks({
      resolve(specifier, context, next) {
        const { url, ...found } = next(specifier, context);
        if (url.includes('/node_modules/jose/')) loaded.add('jose');
        if (url === 'node:sqlite') loaded.add('sqlite');
        return { url, ...found };
      },
    });
    const { createAuthenticator } = await import('./src/auth/authenticator.ts');
    const { clientsSchema } = await import('./src/config/clients.ts');
    const { createSqliteKeyStore, keyStorePath } = await import('./src/store/sqlite-key-store.ts');
    const { createLog } = await import('./src/observe/log.ts');
    const [clients, dataDir, token] = JSON.parse(process.argv[1]);
    const gateway = await createAuthenticator({
      keys: [],
      clients: clientsSchema.parse(clients),
      keySource: createSqliteKeyStore({ path: keyStorePath(dataDir) }),
      log: createLog({ level: 'silent' }),
      fetch: async () => new Response(null, { status: 503 }),
    });
    await gateway.authenticate('Bearer ' + token);
    await gateway[Symbol.asyncDispose]();
    console.log(JSON.stringify([...loaded].sort()));`;
  const args = ['--input-type=module', '--eval', program, JSON.stringify([clients, dataDir, token])];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT });
  return JSON.parse(stdout);
}

const ISSUER = 'https://login.example.com';
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const TOKEN = `${part({ alg: 'RS256' })}.${part({ iss: ISSUER })}.c2lnbmVk`;
const WITH_ISSUER = { issuers: [{ issuer: ISSUER, audience: 'graph' }] };
const WITH_KEYS = { clients: [{ id: 'nightly', kind: 'app', proof: 'key', scopes: [] }] };

it.each([
  ['neither without clients', {}, () => filled, TOKEN, []],
  ['neither for an issuer nobody has come from yet', WITH_ISSUER, () => filled, 'vg_demo_app', []],
  ['neither for clients with keys before there is one', WITH_KEYS, () => empty, TOKEN, []],
  ['jose for the first token of an issuer', WITH_ISSUER, () => filled, TOKEN, ['jose']],
  ['SQLite for keys that are there', WITH_KEYS, () => filled, 'vg_demo_app', ['sqlite']],
])('loads %s', async (_what, clients, dataDir, token, expected) => {
  expect(await loadedBy(clients, dataDir(), token)).toEqual(expected);
});
