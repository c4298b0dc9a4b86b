/** Reads and checks one source, so that Mesh is given only what it can read. */
import { existsSync } from 'node:fs';
import { ConfigError, throwProblems } from '../config/config-error.ts';
import type { GraphFolder, GraphSource } from '../config/graph-folder.ts';
import { openapiProblems } from './openapi-check.ts';
import { readOpenapiFile } from './openapi-file.ts';
import type { SourcePlan } from './pass.ts';
import { vendorProblems } from './vendor-check.ts';

/** Throws `ConfigError` with every problem of the source's two files. */
export function planSource({ mesh }: GraphFolder, source: GraphSource): SourcePlan {
  if (!existsSync(source.openapiPath)) {
    const index = mesh.config.sources.findIndex(({ name }) => name === source.vendor);
    const position = mesh.yaml.locate(['sources', index, 'handler', 'openapi', 'source']);
    const message = `Found no file ${source.openapiPath}, expected the vendor's OpenAPI file.`;
    throw new ConfigError({ file: mesh.yaml.path, ...position, subject: source.vendor, message });
  }
  const openapi = readOpenapiFile(source.openapiPath);
  throwProblems([...openapiProblems(openapi), ...vendorProblems(source, openapi)]);
  const operations = new Map(openapi.operations.map((operation) => [operation.id, operation]));
  return { vendor: source.vendor, config: source.config, vendorYaml: source.vendorYaml, openapi, operations };
}
