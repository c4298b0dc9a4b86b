/** What the command says when it cannot do what it is told: one message a person can act on, exit code 1, nothing left running. */

import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { type CommandOptions, isUp, quietPort, runCommand } from './running-command.ts';

/** Runs to the end; it must fail without an answer on standard output and without a stack. */
async function refusal(args: readonly string[], options: CommandOptions = {}): Promise<string[]> {
  await using command = runCommand(args, options);
  expect(await command.ended).toEqual({ code: 1, signal: null });
  expect(command.stdout()).toBe('');
  expect(command.stderr()).not.toMatch(/^\s+at /m);
  return command.stderr().trimEnd().split('\n');
}

/** Holds a port until disposed. */
async function takenPort(wanted = 0): Promise<AsyncDisposable & { port: number }> {
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(wanted, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

describe('a port in use', () => {
  it('is named with the setting that moves the gateway, and the sandbox ends too', async () => {
    await using taken = await takenPort();
    const sandboxPort = quietPort();
    const said = await refusal(['start', '--sandbox'], {
      env: { PORT: `${taken.port}`, SANDBOX_PORT: `${sandboxPort}` },
    });
    expect(said).toEqual([
      `environment  PORT: Port ${taken.port} on 127.0.0.1 is in use. Set PORT to another one, or to 0 for a free one.`,
    ]);
    expect(await isUp(`http://127.0.0.1:${sandboxPort}`)).toBe(false);
  });

  it('is named with the setting that moves the sandbox, also when it is the port of a vendor', async () => {
    const sandboxPort = quietPort();
    for (const offset of [0, 3]) {
      await using taken = await takenPort(sandboxPort + offset);
      const said = await refusal(['start', '--sandbox'], { env: { SANDBOX_PORT: `${sandboxPort}` } });
      expect(said).toEqual([
        `sandbox: Port ${taken.port} is in use. Set SANDBOX_PORT to move the sandbox (vendors follow it), or to 0 for free ports.`,
      ]);
    }
  });

  it('at an address this machine does not have names HOST', async () => {
    const said = await refusal(['start'], { env: { HOST: '192.0.2.1' } });
    expect(said).toEqual([
      expect.stringMatching(
        /^environment {2}HOST, PORT: Cannot listen on 192\.0\.2\.1:0 \(EADDRNOTAVAIL\)\. Set HOST /,
      ),
    ]);
  });
});

describe('a bad setting', () => {
  it.each([
    ['PORT', 'abc', 'a whole number from 0 to 65535'],
    ['PORT', '70000', 'a whole number from 0 to 65535'],
    ['PORT', '-1.5', 'a whole number from 0 to 65535'],
    ['SANDBOX_PORT', '65530', 'a whole number from 0 to 65527'],
    ['LOG_LEVEL', 'loud', 'one of trace, debug, info, warn, error, fatal, silent'],
    ['VENDORGRAPH_SANDBOX', 'yes', 'one of 0, 1, true, false, on, off'],
    ['OPERATION_TIMEOUT_MS', '30s', 'a whole number from 100 to 600000'],
  ])('is named with its value and what is expected: %s=%s', async (name, value, expected) => {
    const said = await refusal(['start', '--sandbox'], { env: { [name]: value } });
    expect(said).toEqual([
      `environment  ${name}: Found "${value}", expected ${expected}. Set ${name} anew or unset it.`,
    ]);
  });

  it('is reported together with the others, and a key is never shown', async () => {
    const said = await refusal(['start'], { env: { PORT: 'abc', LOG_LEVEL: 'loud', VENDORGRAPH_API_KEY: 'hunter2' } });
    expect(said.map((line) => line.split(':')[0])).toEqual([
      'environment  PORT',
      'environment  VENDORGRAPH_API_KEY',
      'environment  LOG_LEVEL',
    ]);
    expect(said.join('\n')).toContain('expected at least 16 characters');
    expect(said.join('\n')).not.toContain('hunter2');
  });
});

describe('a command line nobody understands', () => {
  it.each([
    [['strat'], "error: unknown command 'strat'", 'Usage: vendorgraph [options] [command]'],
    [['start', '--sandox'], "error: unknown option '--sandox'", 'Usage: vendorgraph start [options]'],
    [
      ['start', 'here'],
      "error: too many arguments for 'start'. Expected 0 arguments but got 1: here.",
      'Usage: vendorgraph start [options]',
    ],
    [['start', '--graph'], "error: option '--graph <dir>' argument missing", 'Usage: vendorgraph start [options]'],
  ])('is answered with the usage: %j', async (args, problem, usage) => {
    const said = await refusal(args);
    expect(said[0]).toBe(problem);
    expect(said).toContain(usage);
  });

  it('without a command too', async () => {
    expect(await refusal([])).toContain('Usage: vendorgraph [options] [command]');
  });

  it('while --help is no mistake', async () => {
    await using command = runCommand(['start', '--help']);
    expect(await command.ended).toEqual({ code: 0, signal: null });
    expect(command.stdout()).toContain('--sandbox');
  });
});
