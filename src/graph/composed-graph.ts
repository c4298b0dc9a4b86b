/** The graph of a graph folder, from the file that composing it wrote. */
import { GraphQLError } from 'graphql';
import type { AuditLog } from '../audit/audit-log.ts';
import { ConfigError } from '../config/config-error.ts';
import { type GraphFolder, readComposedSchema } from '../config/graph-folder.ts';
import type { Join } from '../joins/join.ts';
import type { JoinFile } from '../joins/join-files.ts';
import { createGraph, type Graph } from './schema.ts';

/**
 * Throws `ConfigError` for a file that composing this folder would not write: damaged, edited, or older than the folder; and
 * for joins of the folder's own that do not fit the schema. `audit`: what `auditEvents` answers from.
 */
export function readComposedGraph(
  folder: GraphFolder,
  joins: readonly Join[],
  own: readonly JoinFile[] = [],
  audit?: AuditLog | undefined,
): Graph {
  const graph = parse(folder, joins, own, audit);
  const named = folder.sources.map(({ vendor }) => vendor);
  const composed = new Set([...graph.operations.values()].map(({ vendor }) => vendor));
  const missing = named.filter((vendor) => !composed.has(vendor));
  const unnamed = [...composed].filter((vendor) => !named.includes(vendor));
  if (missing.length > 0) throw stale(folder, `nothing of ${missing.join(', ')}, which .meshrc.yaml names`);
  if (unnamed.length > 0) throw stale(folder, `fields of ${unnamed.join(', ')}, which .meshrc.yaml does not name`);
  const [unanswered] = graph.unanswered;
  if (unanswered !== undefined) {
    const message = `Found ${unanswered}, which no join answers. Name its join file under additionalResolvers in .meshrc.yaml.`;
    throw new ConfigError({ file: folder.composedPath, message });
  }
  return graph;
}

function parse(
  folder: GraphFolder,
  joins: readonly Join[],
  own: readonly JoinFile[],
  audit: AuditLog | undefined,
): Graph {
  const sdl = readComposedSchema(folder);
  try {
    return createGraph(sdl, joins, own, audit);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
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
