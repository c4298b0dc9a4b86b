import { mkdtempDisposable, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createSecretReader } from '../../src/secrets/secret.ts';

describe('createSecretReader', () => {
  it('reads the environment', () => {
    expect(createSecretReader({ env: { STRIPE_TOKEN: 'abc' } })('secret://env/STRIPE_TOKEN')).toBe('abc');
  });

  it.each(['secret://env/NONE', 'secret://env/EMPTY', 'secret://file//no/such/file', 'secret://vault/a', 'plain'])(
    'refuses %s',
    (reference) => {
      expect(() => createSecretReader({ env: { EMPTY: '' } })(reference)).toThrow(
        expect.objectContaining({ name: 'SecretError' }),
      );
    },
  );

  it('reads a file without its last line break, by either spelling of an absolute path', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'secret-'));
    const path = join(folder.path, 'token');
    await writeFile(path, 'a b\n');
    const read = createSecretReader({ env: {} });
    expect([read(`secret://file/${path}`), read(`secret://file${path}`)]).toEqual(['a b', 'a b']);
  });

  it('sees at once that a file was changed', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'secret-'));
    const path = join(folder.path, 'token');
    const read = createSecretReader({ env: {} });
    await writeFile(path, 'old');
    expect(read(`secret://file/${path}`)).toBe('old');
    await writeFile(path, 'new');
    await utimes(path, new Date(), new Date(Date.now() + 5_000));
    expect(read(`secret://file/${path}`)).toBe('new');
  });

  it('refuses a file that is too large or a folder, naming the reference and no content', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'secret-'));
    const path = join(folder.path, 'token');
    await writeFile(path, 'x'.repeat(64 * 1024 + 1));
    const read = createSecretReader({ env: {} });
    expect(() => read(`secret://file/${path}`)).toThrow(`secret://file/${path} is larger than 65536 bytes.`);
    expect(() => read(`secret://file/${folder.path}`)).toThrow('is no file.');
  });
});
