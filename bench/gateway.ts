/** The gateway as `npm start` runs it: its command is read from package.json, flags included. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { answers } from './ask.ts';
import { baseEnv, ROOT } from './environment.ts';
import { type MeasuredProcess, startMeasured } from './measured-process.ts';

/** Of the gateway that has no sandbox, and so no demo keys. */
export const OPERATOR_KEY = 'benchmark-operator-key';
const DEMO_KEY = 'vg_demo_admin';

/** Without the sandbox and with made-up credentials; ready when /readyz says 200. */
export function startGatewayAlone(env: Readonly<Record<string, string>> = {}): Promise<MeasuredProcess> {
  const secrets = Object.fromEntries(secretNames().map((name) => [name, 'made-up']));
  return startMeasured({
    args: startCommand().filter((word) => word !== '--sandbox'),
    cwd: ROOT,
    env: { ...baseEnv(), PORT: '0', VENDORGRAPH_API_KEY: OPERATOR_KEY, ...secrets, ...env },
    async ready(printed) {
      const url = /"url":"(http[^"]+)\/graphql"/.exec(printed)?.[1];
      return url !== undefined && (await answers(`${url}/readyz`)) ? url : undefined;
    },
  });
}

export interface SandboxedGateway extends MeasuredProcess {
  key: string;
}

/** What a newcomer starts; ready when it says so on the terminal. The figures are the gateway's, without its sandbox. */
export async function startGatewayWithSandbox(env: Readonly<Record<string, string>> = {}): Promise<SandboxedGateway> {
  const gateway = await startMeasured({
    args: startCommand(),
    cwd: ROOT,
    env: { ...baseEnv(), PORT: '0', SANDBOX_PORT: '0', ...env },
    ready: async (printed) => /ready: open (http\S+)\/graphql/.exec(printed)?.[1],
  });
  return { ...gateway, key: DEMO_KEY };
}

/** What `npm start` gives to Node itself. */
export function startFlags(): string[] {
  return startCommand().filter((word) => word.startsWith('--') && word !== '--sandbox');
}

function startCommand(): string[] {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: { start: string } };
  const [program, ...args] = scripts.start.split(' ');
  if (program !== 'node')
    throw new TypeError(`Found the start script "${scripts.start}", expected one that begins with "node".`);
  return args;
}

function secretNames(): string[] {
  const files = globSync('sources/*/vendor.yaml', { cwd: ROOT }).map((file) => readFileSync(join(ROOT, file), 'utf8'));
  return files.flatMap((text) => [...text.matchAll(/secret:\/\/env\/(\w+)/g)].map((match) => match[1] ?? ''));
}
