/**
 * The sandbox as a process of its own: `node main.ts [SOURCES_FOLDER]`. A parent on the IPC channel is told where everything
 * is, and the process ends with it; without a parent that is printed.
 */
import { type Sandbox, startSandbox } from './sandbox.ts';

const DEFAULT_PORT = 4100;

/** What the parent receives once, when every vendor listens. */
export type SandboxReady = { ready: true } & Pick<Sandbox, 'controlUrl' | 'urls' | 'credentials' | 'webhookSecrets'>;

async function main(): Promise<void> {
  const sourcesFolder = process.argv[2];
  const sandbox = await startSandbox({
    ...(sourcesFolder !== undefined && { sourcesFolder }),
    webhooksOfWrites: true,
    port: readNumber('SANDBOX_PORT', DEFAULT_PORT, 65_527),
    rateFactor: readNumber('SANDBOX_RATE', 100, 1_000_000),
  });

  let ending = false;
  const end = async () => {
    if (ending) return;
    ending = true;
    await sandbox[Symbol.asyncDispose]();
    process.exit(0);
  };
  for (const event of ['SIGTERM', 'SIGINT', 'disconnect'] as const) process.on(event, end);
  // The parent may have died while we were starting; no event tells us any more.
  if (process.send !== undefined && !process.connected) return end();
  announce(sandbox);
}

function announce({ controlUrl, urls, credentials, webhookSecrets }: Sandbox): void {
  if (process.send !== undefined) {
    process.send({ ready: true, controlUrl, urls, credentials, webhookSecrets } satisfies SandboxReady);
    return;
  }
  const lines = Object.entries({ control: controlUrl, ...urls }).map(([name, url]) => `${name.padEnd(9)} ${url}`);
  process.stdout.write(`${lines.join('\n')}\n`);
}

function readNumber(name: string, fallback: number, max: number): number {
  const text = process.env[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (Number.isFinite(value) && value >= 0 && value <= max) return value;
  throw new TypeError(`${name} must be a number from 0 to ${max}, not "${text}".`);
}

main().catch((error: unknown) => {
  process.stderr.write(`sandbox: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
