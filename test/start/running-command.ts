/** `vendorgraph …` as its users run it: a process of its own, ended with the test. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MAIN = fileURLToPath(new URL('../../bin/vendorgraph.js', import.meta.url));

export interface CommandOptions {
  /** Added to free ports and log level info. Nothing else of this process's environment reaches the command. */
  env?: Record<string, string>;
  /** Options of Node itself. */
  node?: readonly string[];
  /** Leads a process group of its own, as a command typed into a terminal does. */
  ownGroup?: boolean;
}

export interface Ended {
  code: number | null;
  signal: string | null;
}

export interface RunningCommand extends AsyncDisposable {
  pid: number;
  stdout(): string;
  stderr(): string;
  /** The match, as soon as standard output has one; rejects when the command ends without. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  kill(signal: NodeJS.Signals): void;
  /** Resolves when the process is gone and so is everybody it gave its standard output: a left-over sandbox would hold it open. */
  ended: Promise<Ended>;
}

/** None outlives the process that started it. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export function runCommand(
  args: readonly string[],
  { env = {}, node = [], ownGroup = false }: CommandOptions = {},
): RunningCommand {
  const dataDir = mkdtempSync(join(tmpdir(), 'vendorgraph-command-'));
  const child = spawn(process.execPath, [...node, MAIN, ...args], {
    cwd: ROOT,
    detached: ownGroup,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      PORT: '0',
      SANDBOX_PORT: '0',
      LOG_LEVEL: 'info',
      VENDORGRAPH_DATA_DIR: dataDir,
      ...env,
    },
  });
  running.add(child);
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  const ended = once(child, 'close').then(([code, signal]): Ended => {
    running.delete(child);
    rmSync(dataDir, { recursive: true, force: true });
    return { code, signal };
  });
  return {
    pid: child.pid ?? 0,
    stdout: () => stdout,
    stderr: () => stderr,
    printed: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(stdout);
          if (match) resolve(match);
        };
        look();
        child.stdout.on('data', look);
        child.once('close', () => reject(new Error(`It ended without printing ${pattern}.\n${stdout}\n${stderr}`)));
      }),
    kill: (signal) => void child.kill(signal),
    ended,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

export interface StartedSandboxGateway extends RunningCommand {
  url: string;
  controlUrl: string;
  ask(query: string, key?: string): Promise<Response>;
  control(method: string, path: string, body?: unknown): Promise<unknown>;
}

/** `vendorgraph start --sandbox`, when it says that it is ready. */
export async function startWithSandbox(options: CommandOptions = {}): Promise<StartedSandboxGateway> {
  const command = runCommand(['start', '--sandbox'], options);
  const [, url = ''] = await command.printed(/vendorgraph is ready: open (\S+)\/graphql/);
  const [, controlUrl = ''] = await command.printed(/emulated; (\S+) shows and breaks them/);
  return {
    ...command,
    url,
    controlUrl,
    ask: (query, key) => ask(url, query, key),
    async control(method, path, body) {
      const response = await fetch(`${controlUrl}${path}`, {
        method,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
      return response.json();
    },
  };
}

export function ask(url: string, query: string, key = 'vg_demo_frontend'): Promise<Response> {
  return fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ query }),
  });
}

/** Whether anybody answers there. */
export function isUp(url: string): Promise<boolean> {
  return fetch(url).then(
    async (response) => {
      await response.text();
      return true;
    },
    () => false,
  );
}

/** Nine ports from here on are free: it lies below the range from which the system hands out free ones. */
export function quietPort(): number {
  return 10_000 + (process.pid % 1_000) * 10;
}
