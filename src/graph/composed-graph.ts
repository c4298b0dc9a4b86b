/** The graph of a graph folder, from the file that composing it wrote. */
import { GraphQLError } from 'graphql';
import { ConfigError } from '../config/config-error.ts';
import { type GraphFolder, readComposedSchema } from '../config/graph-folder.ts';
import type { Join } from '../joins/join.ts';
import { createGraph, type Graph } from './schema.ts';

/** Throws `ConfigError` for a file that composing this folder would not write: damaged, edited, or older than the folder. */
export function readComposedGraph(folder: GraphFolder, joins: readonly Join[]): Graph {
  const graph = parse(folder, joins);
  const named = folder.sources.map(({ vendor }) => vendor);
  const composed = new Set([...graph.operations.values()].map(({ vendor }) => vendor));
  const missing = named.filter((vendor) => !composed.has(vendor));
  const unnamed = [...composed].filter((vendor) => !named.includes(vendor));
  if (missing.length > 0) throw stale(folder, `nothing of ${missing.join(', ')}, which .meshrc.yaml names`);
  if (unnamed.length > 0) throw stale(folder, `fields of ${unnamed.join(', ')}, which .meshrc.yaml does not name`);
  return graph;
}

function parse(folder: GraphFolder, joins: readonly Join[]): Graph {
  const sdl = readComposedSchema(folder);
  try {
    return createGraph(sdl, joins);
  } catch (error) {
    const place = error instanceof GraphQLError ? error.locations?.[0] : undefined;
    throw stale(folder, `a schema that cannot be served: ${error instanceof Error ? error.message : error}`, place);
  }
}

function stale({ composedPath }: GraphFolder, found: string, place?: { line: number; column: number }): ConfigError {
  return new ConfigError({
    file: composedPath,
    ...place,
    message: `Found ${found.replace(/\.$/, '')}. Run npm run compose.`,
  });
}
