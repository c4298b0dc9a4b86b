/**
 * A graph folder is what a company writes: `.meshrc.yaml`, `sources/`, `schema/`, `joins/`, and nothing of the engine.
 * Composing reads all of it but joins; a running gateway reads `.meshrc.yaml`, each `vendor.yaml`, the composed schema and joins.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ConfigError, type ConfigProblem, collectProblems, throwProblems } from './config-error.ts';
import { MESH_FILE, type MeshFile, type MeshSource, readMeshFile } from './mesh-file.ts';
import type { VendorConfig } from './vendor.ts';
import { readVendorFile } from './vendor-file.ts';
import type { VendorName } from './vendor-name.ts';
import type { YamlFile } from './yaml-file.ts';

export interface GraphSource {
  vendor: VendorName;
  /** Absolute; the running gateway never reads it. */
  openapiPath: string;
  config: VendorConfig;
  /** `vendor.yaml` as read, for messages that name a line. */
  vendorYaml: YamlFile;
}

export interface GraphFolder {
  /** Absolute, as are all paths here. */
  dir: string;
  mesh: MeshFile;
  sources: readonly GraphSource[];
  sdlFiles: readonly string[];
  /** TypeScript or JavaScript; composing never runs them. */
  joinFiles: readonly string[];
  composedPath: string;
}

/** Throws `ConfigError` with the problems of all files at once. */
export function readGraphFolder(dir: string): GraphFolder {
  const root = resolve(dir);
  const mesh = readMeshFile(root);
  const problems: ConfigProblem[] = [];
  const sources: GraphSource[] = [];
  for (const [index, entry] of mesh.config.sources.entries()) {
    collectProblems(problems, () => sources.push(readSource(root, mesh, entry, index)));
  }
  throwProblems(problems);
  return {
    dir: root,
    mesh,
    sources,
    sdlFiles: mesh.config.additionalTypeDefs.map((file) => join(root, file)),
    joinFiles: mesh.config.additionalResolvers.map((file) => join(root, file)),
    composedPath: join(root, 'schema', 'composed.graphql'),
  };
}

/** The schema a gateway serves. */
export function readComposedSchema({ composedPath }: GraphFolder): string {
  if (existsSync(composedPath)) return readFileSync(composedPath, 'utf8');
  throw new ConfigError({ file: composedPath, message: 'Found no composed schema. Run npm run compose.' });
}

function readSource(root: string, mesh: MeshFile, entry: MeshSource, index: number): GraphSource {
  const { source, endpoint } = entry.handler.openapi;
  const openapiPath = join(root, source);
  const { config, yaml } = readVendorFile(join(root, entry.transforms[0].vendor));
  if (config.vendor !== entry.name) {
    const message = `Found vendor "${config.vendor}", expected "${entry.name}", the source's name in ${MESH_FILE}.`;
    throw new ConfigError({ file: yaml.path, ...yaml.locate(['vendor']), message });
  }
  if (new URL(endpoint).host !== new URL(config.endpoint).host) {
    const message =
      `Found endpoint ${endpoint}, expected the host of vendor.yaml's endpoint ${config.endpoint}. ` +
      'Credentials go to that host only: make the two agree.';
    const position = mesh.yaml.locate(['sources', index, 'handler', 'openapi', 'endpoint']);
    throw new ConfigError({ file: mesh.yaml.path, ...position, subject: entry.name, message });
  }
  return { vendor: config.vendor, openapiPath, config, vendorYaml: yaml };
}
