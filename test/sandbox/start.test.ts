import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { listen } from '../../src/sandbox/listener.ts';
import type { SandboxReady } from '../../src/sandbox/main.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { callTiny, startTiny } from './tiny-emulator.ts';

const MAIN = fileURLToPath(new URL('../../src/sandbox/main.ts', import.meta.url));
const TINY = fileURLToPath(new URL('./tiny-emulator.ts', import.meta.url));

/** A sources folder in which Stripe is the tiny emulator and nobody else exists. */
async function createSources() {
  const folder = await mkdtemp(join(tmpdir(), 'sources-'));
  await mkdir(join(folder, 'stripe'));
  const code = `export { createTiny as createEmulator } from ${JSON.stringify(TINY)};\n`;
  await writeFile(join(folder, 'stripe', 'sandbox.ts'), code);
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

/** Ends the child with the test, also when the test fails. */
function owned(child: ChildProcess) {
  return {
    child,
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

/** Below the range from which the system hands out free ports, so that no other test sits on the ports above it. */
function quietPort(): number {
  return 20_000 + (process.pid % 1_000) * 10;
}

function isUp(url: string): Promise<boolean> {
  return fetch(url).then(
    async (response) => {
      await response.text();
      return true;
    },
    () => false,
  );
}

describe('starting', () => {
  it('names the port that is in use and the setting that moves it, and leaves nothing behind', async () => {
    const port = quietPort();
    await using _taken = await listen(port + 2, (_incoming, outgoing) => outgoing.end());
    await expect(startTiny({ port })).rejects.toThrow(new RegExp(`Port ${port + 2} is in use.*SANDBOX_PORT`));
    expect(await isUp(`http://127.0.0.1:${port}`)).toBe(false);
  });

  it('puts the vendors at their offsets above the control port', async () => {
    const port = quietPort();
    await using sandbox = await startTiny({ port });
    const urls = { stripe: `http://127.0.0.1:${port + 2}` };
    expect(sandbox).toMatchObject({ controlUrl: `http://127.0.0.1:${port}`, urls });
  });

  it('loads the emulators that exist in the sources folder, and names the file of one that should', async () => {
    await using sources = await createSources();
    await using sandbox = await startSandbox({ sourcesFolder: sources.folder });
    expect(Object.keys(sandbox.urls)).toEqual(['stripe']);
    expect((await callTiny(sandbox, '/rows')).status).toBe(200);
    const missing = startSandbox({ sourcesFolder: sources.folder, vendors: ['stripe', 'zendesk'] });
    await expect(missing).rejects.toThrow(join(sources.folder, 'zendesk', 'sandbox.ts'));
  });
});

describe('the process', () => {
  it('tells its parent where everything is, and ends on SIGTERM', async () => {
    await using sources = await createSources();
    await using run = owned(fork(MAIN, [sources.folder], { env: { ...process.env, SANDBOX_PORT: '0' } }));
    const [ready]: [SandboxReady] = (await once(run.child, 'message')) as [SandboxReady];
    expect(ready).toMatchObject({
      ready: true,
      credentials: { stripe: { token: 'tiny_token' } },
      webhookSecrets: { stripe: 'tiny_secret' },
    });
    expect(await isUp(ready.controlUrl)).toBe(true);
    run.child.kill('SIGTERM');
    expect(await once(run.child, 'exit')).toEqual([0, null]);
  });

  it('ends when its parent is gone', async () => {
    await using sources = await createSources();
    const parent = `
      const child = require('node:child_process').fork(${JSON.stringify(MAIN)}, [${JSON.stringify(sources.folder)}]);
      child.on('message', ({ controlUrl }) => process.stdout.write(controlUrl));`;
    await using run = owned(
      spawn(process.execPath, ['-e', parent], {
        env: { ...process.env, SANDBOX_PORT: '0' },
        stdio: ['ignore', 'pipe', 'inherit'],
      }),
    );
    const [controlUrl] = await once(run.child.stdout ?? process.stdin, 'data');
    expect(await isUp(String(controlUrl))).toBe(true);
    run.child.kill('SIGKILL');
    await expect.poll(() => isUp(String(controlUrl)), { timeout: 5_000 }).toBe(false);
  });

  it('prints its addresses when it has no parent to tell', async () => {
    await using sources = await createSources();
    await using run = owned(
      spawn(process.execPath, [MAIN, sources.folder], { env: { ...process.env, SANDBOX_PORT: '0' } }),
    );
    const [lines] = await once(run.child.stdout ?? process.stdin, 'data');
    expect(String(lines)).toMatch(/^control +http:\/\/127\.0\.0\.1:\d+\nstripe +http:\/\/127\.0\.0\.1:\d+\n$/);
  });

  it('fails with one clear line', async () => {
    await using taken = await listen(0, (_incoming, outgoing) => outgoing.end());
    const { port } = new URL(taken.url);
    for (const [setting, line] of [
      [port, `sandbox: Port ${port} is in use.`],
      ['many', 'sandbox: SANDBOX_PORT must be a number'],
    ] as const) {
      await using run = owned(
        fork(MAIN, ['/nowhere'], { env: { ...process.env, SANDBOX_PORT: setting }, silent: true }),
      );
      const [[code], stderr] = await Promise.all([once(run.child, 'exit'), text(run.child.stderr ?? process.stdin)]);
      expect(code).toBe(1);
      expect(stderr.trimEnd().split('\n')).toEqual([expect.stringContaining(line)]);
    }
  });
});
