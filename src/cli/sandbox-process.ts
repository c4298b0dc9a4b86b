/** The sandbox as a process of its own, ended with the gateway's. */
import { type ChildProcess, fork } from 'node:child_process';
import { request } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { VendorName } from '../config/vendor-name.ts';

export interface SandboxReport {
  controlUrl: string;
  urls: Record<VendorName, string>;
  credentials: Record<VendorName, Record<string, string>>;
  webhookSecrets: Record<VendorName, string>;
}

export interface SandboxProcess {
  ready: Promise<SandboxReport>;
  /** Resolves when the process is gone. */
  end(): Promise<void>;
}

export interface SandboxProcessOptions {
  /** Control port; vendors follow. 0: free ports. */
  port: number;
  /** Where webhooks go: the gateway's, without the vendor's name. */
  webhookUrl: string;
  env: NodeJS.ProcessEnv;
}

/** `ready` rejects with what the sandbox said when it cannot start. */
export function startSandboxProcess({ port, webhookUrl, env }: SandboxProcessOptions): SandboxProcess {
  const entry = fileURLToPath(new URL('../sandbox/main.ts', import.meta.url));
  const child = fork(entry, {
    env: {
      ...env,
      SANDBOX_PORT: String(port),
      SANDBOX_WEBHOOK_URL: env['SANDBOX_WEBHOOK_URL'] ?? webhookUrl,
      // On before its first file is read, the cache saves it a third of its start.
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
    },
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    // The terminal's Ctrl+C is not for it: what is in flight still needs its vendors. It ends with the gateway or its channel.
    detached: true,
  });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    ready: readiness(child),
    async end() {
      child.kill('SIGTERM');
      await gone;
    },
  };
}

function readiness(child: ChildProcess): Promise<SandboxReport> {
  return new Promise((resolve, reject) => {
    let complaint = '';
    const keep = (chunk: Buffer) => {
      complaint = `${complaint}${chunk}`.slice(0, 4_000);
    };
    child.stderr?.on('data', keep);
    // The only message src/sandbox/main.ts sends.
    child.once('message', (message) => {
      process.stderr.write(complaint);
      child.stderr?.off('data', keep).pipe(process.stderr);
      resolve(message as unknown as SandboxReport);
    });
    child.once('error', reject);
    // 'close', not 'exit': then the last word of its complaint is here. Told once, by whoever waits for `ready`.
    child.once('close', () => reject(new Error(complaint.trim() || 'The sandbox ended before it was ready.')));
  });
}

/** Has the running sandbox send its webhooks elsewhere. By node:http, because `fetch` would cost an idle gateway its memory. */
export function redirectWebhooks(controlUrl: string, url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    request(`${controlUrl}/webhooks`, { method: 'PUT', headers }, (response) => {
      response.resume().once('end', () => resolve());
    })
      .once('error', reject)
      .end(JSON.stringify({ url }));
  });
}
