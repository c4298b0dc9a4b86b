/** `vendorgraph keys …` as a person runs it: a process of its own, beside a gateway's authenticator that has the same store open. */
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { allScopes } from '../../src/auth/api-keys.ts';
import { createAuthenticator } from '../../src/auth/authenticator.ts';
import { readClientsFile } from '../../src/config/clients-file.ts';
import { createSqliteKeyStore, keyStorePath } from '../../src/store/sqlite-key-store.ts';
import { readableLog } from '../auth/kit.ts';
import { ROOT, runCommand } from '../start/running-command.ts';

const CLIENTS = `
issuers: [{ issuer: "https://login.example.com", audience: graph }]
clients:
  - { id: nightly, kind: app, proof: key, scopes: ["stripe:read"] }
  - { id: helper, kind: agent, proof: key, scopes: [] }
  - { id: web, kind: frontend, proof: { issuer: "https://login.example.com", client: spa }, scopes: [] }
`;

interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}

interface Folder extends Disposable {
  dir: string;
  dataDir: string;
  keys(...args: string[]): Promise<Ran>;
  /** What `--json` prints. */
  json(...args: string[]): Promise<unknown>;
}

function folder(clients: string | undefined = CLIENTS): Folder {
  const dir = mkdtempSync(join(tmpdir(), 'keys-command-'));
  const dataDir = join(dir, 'data');
  cpSync(join(ROOT, '.meshrc.yaml'), join(dir, '.meshrc.yaml'));
  if (clients !== '') writeFileSync(join(dir, 'clients.yaml'), clients);
  const keys = async (...args: string[]): Promise<Ran> => {
    const env = { VENDORGRAPH_DATA_DIR: dataDir };
    await using command = runCommand(['keys', ...args, '--graph', dir], { env });
    const { code } = await command.ended;
    return { code, stdout: command.stdout(), stderr: command.stderr().replaceAll(`${dir}/`, '') };
  };
  return {
    dir,
    dataDir,
    keys,
    async json(...args) {
      const { stdout, stderr } = await keys(...args, '--json');
      expect(stderr).toBe('');
      return JSON.parse(stdout);
    },
    [Symbol.dispose]: () => rmSync(dir, { recursive: true }),
  };
}

/** What a running gateway asks. */
async function gatewayOf({ dir, dataDir }: Folder) {
  const store = createSqliteKeyStore({ path: keyStorePath(dataDir) });
  const clients = readClientsFile(dir, allScopes(['stripe']));
  const gateway = await createAuthenticator({ keys: [], clients, keySource: store, log: readableLog().log });
  return {
    knows: (key: string) => gateway.authenticate(`Bearer ${key}`) !== null,
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
    },
  };
}

/** The polls are half a second apart; the rest is for a busy machine. */
const SOON = { timeout: 10_000, interval: 20 };
const LATER = Date.now() + 89 * 86_400_000;

describe('vendorgraph keys', () => {
  it('issues, lists, rotates and revokes, and a running gateway follows', async () => {
    using its = folder();
    await using gateway = await gatewayOf(its);
    expect(existsSync(its.dataDir)).toBe(false);

    const created = await its.keys('create', '--client', 'nightly', '--expires', '90d', '--name', 'night job');
    expect(created).toMatchObject({ code: 0, stderr: '' });
    const [key = ''] = /vg_live_\w{8}_\w{32}/.exec(created.stdout) ?? [];
    const prefix = key.slice(8, 16);
    await vi.waitFor(() => expect(gateway.knows(key)).toBe(true), SOON);

    const rotated = await its.json('rotate', prefix, '--overlap', '0m');
    const next = String(Reflect.get(Object(rotated), 'key'));
    await vi.waitFor(() => expect([gateway.knows(key), gateway.knows(next)]).toEqual([false, true]), SOON);

    expect(await its.keys('revoke', next)).toMatchObject({ code: 0 });
    await vi.waitFor(() => expect(gateway.knows(next)).toBe(false), SOON);

    const listed = await its.keys('list');
    expect(listed.stdout.split('\n')).toEqual([
      expect.stringMatching(/^PREFIX +CLIENT +STATE +CREATED +EXPIRES +LAST USED +NAME$/),
      expect.stringMatching(new RegExp(`^${prefix}  nightly  expired  20.* never +night job$`)),
      expect.stringMatching(new RegExp(`^${next.slice(8, 16)}  nightly  revoked  20.* never +night job$`)),
      '',
    ]);
  });

  it('shows a key once and stores only its digest', async () => {
    using its = folder();
    const made = await its.json('create', '--client', 'helper');
    const key = String(Reflect.get(Object(made), 'key'));
    expect(made).toMatchObject({ client: 'helper', state: 'live', expiresAt: null, name: null });
    for (const file of readdirSync(its.dataDir)) {
      const bytes = readFileSync(join(its.dataDir, file));
      expect(bytes.includes(key)).toBe(false);
      expect(bytes.includes(key.slice(17))).toBe(false);
    }
    expect(JSON.stringify(await its.json('list'))).not.toContain(key.slice(17));
  });

  it('rotates into a key that lives as long, while the old one lasts as long as asked, 24 h by default', async () => {
    using its = folder();
    const { prefix } = Object(await its.json('create', '--client', 'nightly', '--expires', '90d'));
    const rotated = Object(await its.json('rotate', prefix));
    expect(Date.parse(rotated.expiresAt)).toBeGreaterThan(LATER);
    expect(rotated.replaces.prefix).toBe(prefix);
    const hours = (Date.parse(rotated.replaces.expiresAt) - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(23);
    expect(hours).toBeLessThanOrEqual(24);
    expect(await its.json('list')).toMatchObject([
      { prefix, expiresAt: rotated.replaces.expiresAt },
      { state: 'live' },
    ]);
  });

  it('says that there are no keys, and makes no file for that', async () => {
    using its = folder();
    expect(await its.keys('list')).toEqual({
      code: 0,
      stdout: 'There are no keys. See vendorgraph keys create --help.\n',
      stderr: '',
    });
    expect(existsSync(its.dataDir)).toBe(false);
  });

  it.each([
    [
      ['create', '--client', 'nobody'],
      'clients.yaml  --client: Found client "nobody", which is not in clients.yaml; expected one of nightly, helper.\n',
    ],
    [
      ['create', '--client', 'web'],
      'clients.yaml  --client: Found client "web", which proves itself by tokens of an issuer; expected one of nightly, helper.\n',
    ],
    [
      ['create', '--client', 'nightly', '--expires', '3 months'],
      '--expires  Found "3 months", expected a duration such as 90d, 24h or 30m, at most 3650d.\n',
    ],
    [
      ['create', '--client', 'nightly', '--expires', '0d'],
      '--expires  Found "0d", expected a duration such as 90d, 24h or 30m, at most 3650d.\n',
    ],
    [
      ['create', '--client', 'nightly', '--name', 'a\nb'],
      '--name  Found a name that is too long or has line breaks, expected one line of at most 100 characters.\n',
    ],
    [['revoke', 'AAAAAAAA'], 'PREFIX  Found no such key. See vendorgraph keys list.\n'],
    [['rotate', 'AAAAAAAA'], 'PREFIX  Found no such key. See vendorgraph keys list.\n'],
  ])('says in one line what is wrong: %j', async (args, message) => {
    using its = folder();
    expect(await its.keys(...args)).toEqual({ code: 1, stdout: '', stderr: message });
    expect(existsSync(its.dataDir)).toBe(false);
  });

  it('says what a folder without clients needs', async () => {
    using its = folder('');
    expect(await its.keys('create', '--client', 'nightly')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'clients.yaml  Found no client with "proof: key", expected at least one. Add it to clients.yaml.\n',
    });
  });

  it('ends a key once', async () => {
    using its = folder();
    const { prefix } = Object(await its.json('create', '--client', 'nightly'));
    await its.json('revoke', prefix);
    for (const command of ['revoke', 'rotate']) {
      expect(await its.keys(command, prefix)).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(
          new RegExp(`^PREFIX  Found ${prefix}, which is revoked( before)?; expected a key in force\\.\\n$`),
        ),
      });
    }
  });
});
