/** The saved operations of a graph folder, `schema/operations/*.graphql`: GraphiQL's first tabs, and what start-up prints. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface OperationFile {
  /** File name without its ending. */
  name: string;
  text: string;
}

/** In the order of their names; none when the folder has none. */
export function readOperationFiles(graphDir: string): readonly OperationFile[] {
  const dir = join(graphDir, 'schema', 'operations');
  if (!existsSync(dir)) return [];
  return readdirSync(dir)
    .filter((file) => file.endsWith('.graphql'))
    .sort()
    .map((file) => ({ name: file.slice(0, -'.graphql'.length), text: readFileSync(join(dir, file), 'utf8') }));
}
