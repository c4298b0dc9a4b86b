/**
 * `vendorgraph start` as a process that tests kill: it comes back on the same port, over the same data. Its one vendor that
 * sends webhooks is Stripe; nobody is called.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Ended, quietPort, type RunningCommand, runCommand } from '../start/running-command.ts';

/** The operator's: every scope, and the same principal in every gateway. */
export const API_KEY = 'the-key-of-an-operator';
export const STRIPE_SECRET = 'whsec_of_a_test_that_signs';

export interface RunningGateway extends AsyncDisposable {
  /** Stays the same. */
  url: string;
  dataDir: string;
  pid(): number;
  /** Resolves when the process is gone. */
  kill(signal: NodeJS.Signals): Promise<Ended>;
  /** After it has ended; `env` counts for this run alone. */
  start(env?: Record<string, string>): Promise<void>;
  ended(): Promise<Ended>;
  stdout(): string;
  stderr(): string;
}

let started = 0;

/**
 * Resolves when it answers. `firstRun`: counts until it is started again. `graphDir`: other than this repository's. `node`: options
 * of Node itself.
 */
export async function startRunningGateway(
  env: Record<string, string> = {},
  firstRun: Record<string, string> = {},
  { graphDir, node = [] }: { graphDir?: string; node?: readonly string[] } = {},
): Promise<RunningGateway> {
  const dataDir = mkdtempSync(join(tmpdir(), 'vendorgraph-stream-'));
  const port = quietPort() + (started++ % 10);
  let command: RunningCommand | undefined;
  const running = (): RunningCommand => {
    if (command === undefined) throw new TypeError('It has not been started.');
    return command;
  };
  const gateway: RunningGateway = {
    url: `http://127.0.0.1:${port}`,
    dataDir,
    pid: () => running().pid,
    async kill(signal) {
      running().kill(signal);
      return running().ended;
    },
    async start(more = {}) {
      const fixed = { VENDORGRAPH_API_KEY: API_KEY, STRIPE_WEBHOOK_SECRET: STRIPE_SECRET };
      const place = { PORT: String(port), VENDORGRAPH_DATA_DIR: dataDir };
      const args = graphDir === undefined ? ['start'] : ['start', '--graph', graphDir];
      command = runCommand(args, { node, env: { ...fixed, ...env, ...place, ...more } });
      await command.printed(/gateway ready/);
    },
    ended: () => running().ended,
    stdout: () => running().stdout(),
    stderr: () => running().stderr(),
    async [Symbol.asyncDispose]() {
      await command?.[Symbol.asyncDispose]();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
  try {
    await gateway.start(firstRun);
    return gateway;
  } catch (error) {
    await gateway[Symbol.asyncDispose]();
    throw error;
  }
}
