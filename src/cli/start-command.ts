/** `vendorgraph start`: the gateway, with the sandbox vendors when asked, until a signal ends it. */
import { ConfigError } from '../config/config-error.ts';
import type { Settings } from '../config/settings.ts';
import { createLog, type Logger } from '../observe/log.ts';
import { banner } from './banner.ts';
import { trimHeap } from './heap-trim.ts';
import { redirectWebhooks, type SandboxProcess, type SandboxReport, startSandboxProcess } from './sandbox-process.ts';

export interface RunningGateway {
  url: string;
  drain(): Promise<void>;
}

export interface StartOptions {
  graphDir: string;
  settings: Settings;
  sandbox: boolean;
  env: NodeJS.ProcessEnv;
  print(text: string): void;
  /** Handed in, because the floor above wires gateways. */
  startGateway(options: {
    graphDir: string;
    settings: Settings;
    log: Logger;
    env: NodeJS.ProcessEnv;
    sandbox: Promise<SandboxReport> | undefined;
  }): Promise<RunningGateway>;
}

/** Resolves with the exit code when the gateway has ended. */
export async function runStart({
  graphDir,
  settings,
  sandbox: wantsSandbox,
  env,
  print,
  startGateway,
}: StartOptions): Promise<number> {
  const log = createLog({ level: settings.logLevel });
  const sandbox = wantsSandbox ? startSandbox(settings, env) : undefined;
  // Waited for below and by the gateway; without a handler here an early failure would be "unhandled" in between.
  sandbox?.ready.catch(() => {});
  try {
    const gateway = await startGateway({ graphDir, settings, log, env, sandbox: sandbox?.ready });
    if (sandbox) {
      const { controlUrl } = await sandbox.ready;
      // Which port it would be was not known when the sandbox started.
      if (settings.port === 0) await redirectWebhooks(controlUrl, `${gateway.url}/webhooks`);
      print(banner(gateway.url, graphDir, controlUrl));
    }
    trimHeap();
    await untilSignal();
    await gateway.drain();
    return 0;
  } catch (error) {
    throw readable(error, settings);
  } finally {
    await sandbox?.end();
  }
}

function startSandbox({ port, host, sandboxPort }: Settings, env: NodeJS.ProcessEnv): SandboxProcess {
  return startSandboxProcess({ port: sandboxPort, webhookUrl: `http://${host}:${port}/webhooks`, env });
}

/** Listens on: `npm start` passes on the Ctrl+C that the terminal has sent us already, and a signal nobody hears kills. */
function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => resolve());
  });
}

function readable(error: unknown, { port, host }: Settings): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') {
    return new ConfigError({
      file: 'environment',
      subject: 'PORT',
      message: `Port ${port} on ${host} is in use. Set PORT to another one, or to 0 for a free one.`,
    });
  }
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL') {
    return new ConfigError({
      file: 'environment',
      subject: 'HOST, PORT',
      message: `Cannot listen on ${host}:${port} (${code}). Set HOST to an address of this machine and PORT to one you may use.`,
    });
  }
  return error;
}
