/** What every graph has beside its vendors: SDL of the engine's own, which each graph folder gets with its own files. */
import { readFileSync } from 'node:fs';
import { type DocumentNode, parse } from 'graphql';

export const ENGINE_SDL: readonly DocumentNode[] = ['../audit/audit.graphql'].map(readSdl);

/** Without places: what clashes with it is for the graph folder to mend, and is said of the folder's file. */
function readSdl(path: string): DocumentNode {
  return parse(readFileSync(new URL(path, import.meta.url), 'utf8'), { noLocation: true });
}
