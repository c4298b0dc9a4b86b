import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/config/config-error.ts';
import { ensureCursorKeys } from '../../src/subscriptions/cursor-key.ts';

async function makeFolder(): Promise<AsyncDisposable & { dataDir: string }> {
  const dataDir = await mkdtemp(join(tmpdir(), 'vendorgraph-cursor-key-'));
  return { dataDir, [Symbol.asyncDispose]: () => rm(dataDir, { recursive: true, force: true }) };
}

const SECRET = 'a secret of at least thirty-two characters';

describe('the keys of cursors', () => {
  it('are made once and then the same, readable by their owner only', async () => {
    await using folder = await makeFolder();
    const [first] = await ensureCursorKeys(folder);
    expect(first?.secret).toHaveLength(32);
    expect(await ensureCursorKeys(folder)).toEqual([first]);
    expect((await stat(join(folder.dataDir, 'cursor.key'))).mode & 0o777).toBe(0o600);
    expect(await readdir(folder.dataDir)).toEqual(['cursor.key']);
  });

  it('are the same for all who make them at the same moment', async () => {
    await using folder = await makeFolder();
    const made = await Promise.all(Array.from({ length: 8 }, () => ensureCursorKeys(folder)));
    expect(new Set(made.map((keys) => JSON.stringify(keys))).size).toBe(1);
  });

  it('come from the environment, newest first, and the one of the file stays accepted', async () => {
    await using folder = await makeFolder();
    const [file] = await ensureCursorKeys(folder);
    const keys = await ensureCursorKeys({ ...folder, keys: `2:${SECRET} two, 1:${SECRET} one` });
    expect(keys.map(({ id, secret }) => [id, Buffer.from(secret).toString()])).toEqual([
      [2, `${SECRET} two`],
      [1, `${SECRET} one`],
      [0, Buffer.from(file?.secret ?? []).toString()],
    ]);
  });

  it('make no file when the environment has them', async () => {
    await using folder = await makeFolder();
    expect(await ensureCursorKeys({ ...folder, keys: `1:${SECRET}` })).toHaveLength(1);
    expect(await readdir(folder.dataDir)).toEqual([]);
  });

  it.each(['', SECRET, `0:${SECRET}`, `256:${SECRET}`, '1:too short', `1:${SECRET},1:${SECRET} b`, `1:${SECRET},`])(
    'are refused without showing them: %j',
    async (keys) => {
      await using folder = await makeFolder();
      const refusal = await ensureCursorKeys({ ...folder, keys }).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(ConfigError);
      expect(String(refusal)).toContain('VENDORGRAPH_CURSOR_KEYS');
      expect(String(refusal)).not.toMatch(/thirty-two characters|too short/);
    },
  );

  it('are never replaced when the file holds something else', async () => {
    await using folder = await makeFolder();
    const file = join(folder.dataDir, 'cursor.key');
    await writeFile(file, 'half a k');
    await expect(ensureCursorKeys(folder)).rejects.toThrow(ConfigError);
    expect(await readFile(file, 'utf8')).toBe('half a k');
  });
});
