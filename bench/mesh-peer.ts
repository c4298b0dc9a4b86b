/** GraphQL Mesh serving the same eight descriptions by itself: what a team has that does not use vendorgraph. */
import { execFile } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ask } from './ask.ts';
import { baseEnv, ROOT, WARM } from './environment.ts';
import { findFreePort } from './free-port.ts';
import { type MeasuredProcess, startMeasured } from './measured-process.ts';

const PEERS = join(ROOT, 'bench/peers');
const FOLDER = join(PEERS, 'mesh');
const CLI = join(PEERS, 'node_modules/@graphql-mesh/cli/cjs/bin.js');
/** In production Mesh composes nothing and forks. */
const BUILD_ENV = { NODE_ENV: 'development' };

const run = promisify(execFile);

/** Installs Mesh when it is missing and builds its artefacts. False, and a line printed, when that cannot be done. */
export async function prepareMesh(print: (text: string) => void): Promise<boolean> {
  try {
    if (!existsSync(CLI)) {
      print('Installing GraphQL Mesh in bench/peers …');
      await run('npm', ['ci', '--ignore-scripts'], { cwd: PEERS });
    }
    // A build that fails leaves the artefacts of the last one.
    rmSync(join(FOLDER, '.mesh'), { recursive: true, force: true });
    // JavaScript: artefacts in TypeScript start a second later.
    await run(process.execPath, [CLI, 'build', '--fileType', 'js'], {
      cwd: FOLDER,
      env: { ...baseEnv(), ...BUILD_ENV },
    });
    return true;
  } catch (error) {
    print(`No GraphQL Mesh to compare with: ${reasonOf(error)}`);
    return false;
  }
}

/** Ready when it answers a query: it opens its port before it has a schema. */
export async function startMesh(env: Readonly<Record<string, string>> = WARM): Promise<MeasuredProcess> {
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  return startMeasured({
    args: [CLI, 'start', '--port', String(port)],
    cwd: FOLDER,
    env: { ...baseEnv(), ...BUILD_ENV, ...env },
    // Asked only once it says that it serves: until then our asking would take time from it.
    ready: async (printed) => (printed.includes('Serving GraphQL Mesh') && (await hasSchema(url)) ? url : undefined),
  });
}

function hasSchema(url: string): Promise<boolean> {
  return ask(url, '{ __typename }').then(
    () => true,
    () => false,
  );
}

/** Of what npm or Mesh said, the line that says what was wrong. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error && 'stderr' in error && error.stderr ? String(error.stderr) : String(error);
  const lines = text.trim().split('\n');
  return lines.find((line) => /error/i.test(line)) ?? lines.at(-1) ?? '';
}
