/** A gateway whose vendors are whatever a test puts in their place: the sandbox's emulators, stubs, or both. */
import { createLog, type Gateway, readSettings, type SandboxAddresses, startGateway } from '../../src/index.ts';
import type { VendorName } from '../../src/sandbox/vendor-name.ts';
import { VENDOR_NAMES } from '../../src/sandbox/vendor-name.ts';
import { copyGraphFolder, type VendorChange } from './graph-folder-copy.ts';
import { type AnswerError, expectSoundErrors } from './sound-errors.ts';

export interface FaultyGatewayOptions {
  /** Where each vendor is. */
  vendors: SandboxAddresses;
  changes?: Partial<Record<VendorName, VendorChange>>;
  env?: NodeJS.ProcessEnv;
}

export interface Question {
  query: string;
  variables?: Record<string, unknown>;
  key?: string;
  signal?: AbortSignal;
  headers?: Record<string, string>;
}

export interface Answer {
  status: number;
  // Each test states the shape it expects.
  data: never;
  errors: AnswerError[];
  text: string;
}

export interface FaultyGateway extends AsyncDisposable {
  gateway: Gateway;
  logged: string[];
  /** Checks what holds for every error, then answers. */
  ask(question: Question | string): Promise<Answer>;
  metrics(): Promise<string>;
}

export async function startFaultyGateway({
  vendors,
  changes = {},
  env = {},
}: FaultyGatewayOptions): Promise<FaultyGateway> {
  const graph = copyGraphFolder(changes);
  const logged: string[] = [];
  const log = createLog({ level: 'debug', destination: { write: (line: string) => void logged.push(line) } });
  const own = { PORT: '0', DRAIN_TIMEOUT_MS: '500', VENDORGRAPH_DATA_DIR: `${graph.dir}/.data` };
  const settings = readSettings({ ...own, ...env });
  const gateway = await startGateway({
    graphDir: graph.dir,
    settings,
    log,
    env: {},
    sandbox: Promise.resolve(vendors),
  });
  return {
    gateway,
    logged,
    async ask(question) {
      const {
        query,
        variables,
        key = 'vg_demo_admin',
        signal,
        headers,
      } = typeof question === 'string' ? { query: question } : question;
      const response = await fetch(`${gateway.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${key}`, ...headers },
        body: JSON.stringify({ query, ...(variables && { variables }) }),
        ...(signal && { signal }),
      });
      const text = await response.text();
      const answer = { status: response.status, data: null as never, errors: [], ...JSON.parse(text), text };
      expectSoundErrors(answer.errors);
      return answer;
    },
    async metrics() {
      const response = await fetch(`${gateway.url}/metrics`, { headers: { authorization: 'Bearer vg_demo_admin' } });
      return response.text();
    },
    async [Symbol.asyncDispose]() {
      await gateway.drain();
      graph[Symbol.dispose]();
    },
  };
}

/** Every vendor at one address. */
export function allAt(url: string, more: Partial<Record<VendorName, string>> = {}): SandboxAddresses {
  return {
    urls: Object.fromEntries(VENDOR_NAMES.map((vendor) => [vendor, more[vendor] ?? url])),
    credentials: Object.fromEntries(VENDOR_NAMES.map((vendor) => [vendor, credentialOf(vendor)])),
  };
}

/** Has every kind's keys; each vendor takes those of its own kind. */
function credentialOf(vendor: VendorName): Record<string, string> {
  return { token: `${vendor}-token`, username: `${vendor}-user`, password: `${vendor}-password`, key: `${vendor}-key` };
}
