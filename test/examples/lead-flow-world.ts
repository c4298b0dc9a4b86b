/** What `examples/lead-flow` runs in: sandbox, gateway, form and app, each a process of its own, ended with the test. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { redirectWebhooks, startSandboxProcess } from '../../src/cli/sandbox-process.ts';
import { ROOT } from '../start/running-command.ts';

const EXAMPLE = join(ROOT, 'examples/lead-flow');
const GATEWAY = fileURLToPath(new URL('lead-flow-gateway.ts', import.meta.url));

export interface Running extends AsyncDisposable {
  output(): string;
  complaints(): string;
  /** The match, as soon as standard output has one. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  ended: Promise<number | null>;
}

export function run(script: string, env: Record<string, string>, args: readonly string[] = []): Running {
  const child = spawn(process.execPath, [script, ...args], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const text = { output: '', complaints: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text.output += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    text.complaints += chunk;
  });
  return { ...lifeOf(child, text) };
}

function lifeOf(child: ChildProcess, text: { output: string; complaints: string }): Running {
  const ended = once(child, 'close').then(([code]): number | null => code);
  const kill = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  return {
    output: () => text.output,
    complaints: () => text.complaints,
    printed: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(text.output);
          if (match) resolve(match);
        };
        child.stdout?.on('data', look);
        look();
        void ended.then(() => reject(new Error(`Ended without ${pattern}.\n${text.output}\n${text.complaints}`)));
      }),
    kill,
    ended,
    [Symbol.asyncDispose]: kill,
  };
}

export interface Gateway {
  url: string;
  /** SIGKILL, and a new one on the same data and port. */
  restart(): Promise<void>;
}

export interface Form extends Running {
  /** Sends it once, as a browser does; rejects when nobody answers. */
  send(fields: Record<string, string>): Promise<number>;
}

export interface LeadFlowWorld extends AsyncDisposable {
  gateway: Gateway;
  /** Fresh vendors, and a journal without a line. */
  reset(): Promise<void>;
  journalPath(): string;
  control(method: string, path: string, body?: unknown): Promise<unknown>;
  /** One journal for every app until the next reset. */
  startApp(env?: Record<string, string>): Running;
  /** Beside the one that is always there. */
  startForm(env?: Record<string, string>): Promise<Form>;
  /** Sends the form, as often as it takes. */
  sendForm(fields: Record<string, string>): Promise<void>;
  writes(): Promise<Writes>;
  /** How often a vendor was called. */
  calls(vendor: string, operation: string): Promise<number>;
}

export interface Write {
  operation: string;
  id: string;
  /** Each vendor's own body of the request, or Slack's message. */
  data: {
    properties?: { email: string };
    to?: string[];
    blocks?: { block_id: string }[];
    attendee?: { email: string };
  };
}

export interface Writes {
  total: number;
  byVendor: Partial<Record<'hubspot' | 'resend' | 'slack' | 'calcom', Write[]>>;
}

interface Calls {
  byVendor: Record<string, { operations: Record<string, number> }>;
}

export async function startLeadFlowWorld(): Promise<LeadFlowWorld> {
  await using stack = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'vendorgraph-lead-flow-'));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const sandbox = startSandboxProcess({ port: 0, webhookUrl: 'http://127.0.0.1:9/webhooks', env: process.env });
  stack.defer(() => sandbox.end());
  const report = await sandbox.ready;
  const gateway = await startGatewayProcess(folder, JSON.stringify(report), stack.use(new AsyncDisposableStack()));
  await redirectWebhooks(report.controlUrl, `${gateway.url}/webhooks`);

  const apps = stack.use(new AsyncDisposableStack());
  let journals = 0;
  const journalPath = () => join(folder, `journal-${journals}.jsonl`);
  const exampleEnv = { VENDORGRAPH_URL: gateway.url };
  const startForm = async (env: Record<string, string> = {}): Promise<Form> => {
    const form = apps.use(run(join(EXAMPLE, 'form.ts'), { ...exampleEnv, LEAD_FORM_PORT: '0', ...env }));
    const [, url = ''] = await form.printed(/the form is at (\S+)/);
    const send = async (fields: Record<string, string>): Promise<number> =>
      (await fetch(url, { method: 'POST', body: new URLSearchParams(fields) })).status;
    return { ...form, send };
  };
  const form = await startForm();
  const control = (method: string, path: string, body?: unknown) => ask(`${report.controlUrl}${path}`, method, body);
  const whole = stack.move();
  return {
    gateway,
    journalPath,
    control,
    async reset() {
      journals += 1;
      await control('POST', '/reset');
    },
    startApp: (env = {}) =>
      apps.use(run(join(EXAMPLE, 'app.ts'), { ...exampleEnv, LEAD_FLOW_JOURNAL: journalPath(), ...env })),
    startForm,
    sendForm: (fields) => expect.poll(() => form.send(fields), { timeout: 20_000 }).toBe(200),
    // The control port answers in this shape.
    writes: async () => (await control('GET', '/writes')) as Writes,
    async calls(vendor, operation) {
      // So does this.
      const report = (await control('GET', '/calls')) as Calls;
      return report.byVendor[vendor]?.operations[operation] ?? 0;
    },
    [Symbol.asyncDispose]: () => whole.disposeAsync(),
  };
}

async function startGatewayProcess(folder: string, addresses: string, stack: AsyncDisposableStack): Promise<Gateway> {
  const env = { SANDBOX_ADDRESSES: addresses, VENDORGRAPH_DATA_DIR: join(folder, 'data') };
  const start = async (port: string) => {
    const process = run(GATEWAY, { ...env, PORT: port }, [ROOT]);
    stack.defer(() => process.kill());
    const [, url = ''] = await process.printed(/gateway at (\S+)/);
    return { process, url };
  };
  let current = await start('0');
  const { url } = current;
  return {
    url,
    async restart() {
      await current.process.kill();
      current = await start(new URL(url).port);
    },
  };
}

async function ask(url: string, method: string, body: unknown): Promise<unknown> {
  const response = await fetch(url, { method, ...(body !== undefined && { body: JSON.stringify(body) }) });
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${await response.text()}`);
  return response.json();
}
