/**
 * Reads `.meshrc.yaml`: which vendors, from which OpenAPI file, at which endpoint, which SDL files join them, and which
 * join files resolve what the engine's own joins do not.
 * It is a Mesh file, but a narrow one: what our rules forbid (other mergers, environment values, handlers that fetch)
 * is refused here, by name and line, before Mesh sees it.
 */
import { join } from 'node:path';
import { z } from 'zod';
import { ConfigError, type ConfigProblem } from './config-error.ts';
import { checkAgainst } from './schema-problems.ts';
import { readYamlFile, type YamlFile, type YamlPath } from './yaml-file.ts';

export const MESH_FILE = '.meshrc.yaml';

/** The endpoint is written into the composed schema, for everybody to read. */
function isPlain(endpoint: string): boolean {
  if (!URL.canParse(endpoint)) return true; // reported as no URL
  const { username, password, search, hash } = new URL(endpoint);
  return username + password + search + hash === '';
}

const relativePath = z.string().regex(/^(?!\w+:\/\/)/, 'expected a path below this folder, not a URL');

const openapiHandler = z.strictObject({
  source: relativePath,
  endpoint: z
    .url({ protocol: /^https$/ })
    .refine(isPlain, 'expected a URL without user or query: secrets belong in vendor.yaml as secret://env/NAME')
    .describe('Without it the OpenAPI file would decide where credentials go.'),
  ignoreErrorResponses: z.literal(true).describe('Errors are our executor’s, not members of a union.'),
});

const source = z.strictObject({
  name: z.string(),
  handler: z.strictObject({ openapi: openapiHandler }),
  transforms: z
    .tuple([z.strictObject({ vendor: relativePath }).describe('Names, arguments and lists as this vendor.yaml says.')])
    .describe('Ours is the only transform: Mesh’s own would rename what vendor.yaml refers to.'),
});

const meshSchema = z.strictObject({
  sources: z.array(source).min(1),
  additionalTypeDefs: z.array(z.string()).default([]),
  additionalResolvers: z
    .array(relativePath)
    .default([])
    .describe('TypeScript files, each with a join of this folder’s own.'),
  merger: z.literal('bare').describe('Stitching plans grow exponentially with nested fragments.'),
});

export type MeshConfig = z.output<typeof meshSchema>;
export type MeshSource = MeshConfig['sources'][number];

export interface MeshFile {
  config: MeshConfig;
  yaml: YamlFile;
}

/** Throws `ConfigError` with every problem of the file. */
export function readMeshFile(dir: string): MeshFile {
  const yaml = readYamlFile(join(dir, MESH_FILE));
  const { value: config, problems } = checkAgainst(meshSchema, yaml);
  const forbidden = placeholders(yaml, yaml.value, []);
  const others = problems.filter(({ line }) => forbidden.every((problem) => problem.line !== line));
  const all = [...forbidden, ...others, ...(config ? repeatedNames(config, yaml) : [])];
  if (all[0] !== undefined) throw new ConfigError(all[0], ...all.slice(1));
  return { config: config ?? meshSchema.parse(yaml.value), yaml };
}

/** The composed file is the same for everybody: nothing in it may depend on who composed it. */
function placeholders(yaml: YamlFile, value: unknown, path: YamlPath): ConfigProblem[] {
  if (typeof value === 'string') {
    const [found] = /\{env\.[^}]*\}/.exec(value) ?? [];
    if (found === undefined) return [];
    const message = `Found "${found}", expected a plain value. Secrets belong in vendor.yaml as secret://env/NAME.`;
    return [{ file: yaml.path, ...yaml.locate(path), message }];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => placeholders(yaml, child, [...path, key]));
}

function repeatedNames({ sources }: MeshConfig, yaml: YamlFile): ConfigProblem[] {
  return sources.flatMap(({ name }, index) => {
    if (sources.findIndex((other) => other.name === name) === index) return [];
    const message = `Found source "${name}" a second time, expected each vendor once. Remove one of the two.`;
    return [{ file: yaml.path, ...yaml.locate(['sources', index, 'name']), message }];
  });
}
