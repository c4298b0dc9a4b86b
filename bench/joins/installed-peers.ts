/** Apollo Server, GraphQL Mesh and Hive Gateway, from bench/peers: installed, built and started as their documentation says. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { ask } from '../ask.ts';
import type { Print } from '../benchmark.ts';
import { baseEnv, ROOT, WARM } from '../environment.ts';
import { findFreePort } from '../free-port.ts';
import { type MeasuredProcess, startMeasured } from '../measured-process.ts';
import { startOwn } from './own-process.ts';

const PEERS = join(ROOT, 'bench/peers');
const MODULES = join(PEERS, 'node_modules');
const MESH = { cli: join(MODULES, '@graphql-mesh/cli/cjs/bin.js'), folder: join(PEERS, 'joins/mesh') };
const HIVE = {
  cli: join(MODULES, '@graphql-hive/gateway/dist/bin.js'),
  composer: join(MODULES, '@graphql-mesh/compose-cli/esm/bin.js'),
  folder: join(PEERS, 'joins/hive'),
};
const APOLLO = join(MODULES, '@apollo/server');

const run = promisify(execFile);

/** A minute, once. */
export async function installPeers(print: Print): Promise<void> {
  if ([MESH.cli, HIVE.cli, HIVE.composer, APOLLO].every(existsSync)) return;
  print('Installing the other gateways in bench/peers …');
  await run('npm', ['ci', '--ignore-scripts'], { cwd: PEERS });
}

export async function buildMesh(print: Print): Promise<void> {
  await installPeers(print);
  // In production Mesh composes nothing.
  const env = { ...baseEnv(), NODE_ENV: 'development' };
  await run(process.execPath, [MESH.cli, 'build', '--fileType', 'js'], { cwd: MESH.folder, env });
}

export function startApollo(upstream: string): Promise<MeasuredProcess> {
  return startOwn('../peers/joins/apollo.mjs', { UPSTREAM: upstream });
}

export async function startMesh(upstream: string): Promise<MeasuredProcess> {
  const port = await findFreePort();
  return startGateway(port, {
    args: [MESH.cli, 'start', '--port', String(port)],
    cwd: MESH.folder,
    env: production(upstream),
  });
}

export async function startHive(upstream: string): Promise<MeasuredProcess> {
  const port = await findFreePort();
  const env = production(upstream);
  const supergraph = join(HIVE.folder, '.mesh/supergraph.graphql');
  mkdirSync(dirname(supergraph), { recursive: true });
  await run(process.execPath, [HIVE.composer, '-o', supergraph], { cwd: HIVE.folder, env });
  return startGateway(port, {
    args: [HIVE.cli, 'supergraph', supergraph, '--port', String(port), '--host', '127.0.0.1'],
    cwd: HIVE.folder,
    env,
  });
}

interface Command {
  args: readonly string[];
  cwd: string;
  env: Readonly<Record<string, string>>;
}

/** Ready when it answers a query: both open their port before they have a schema. */
function startGateway(port: number, command: Command): Promise<MeasuredProcess> {
  const url = `http://127.0.0.1:${port}`;
  const hasSchema = () => ask(url, '{ __typename }').then(Boolean, () => false);
  return startMeasured({ ...command, ready: async () => ((await hasSchema()) ? url : undefined) });
}

function production(upstream: string): Readonly<Record<string, string>> {
  return { ...baseEnv(), ...WARM, NODE_ENV: 'production', UPSTREAM: upstream };
}
