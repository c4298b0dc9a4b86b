/** The ids of a graph folder's saved operations, by file name: what a client's build takes to send ids instead of texts. */
import { join } from 'node:path';
import { readOperationFiles } from '../graph/operation-files.ts';
import { documentIdOf } from '../graph/saved-documents.ts';
import type { Artefact } from './artefact.ts';

/** `{}` for a folder without any: what a client of it may be held to is nothing. */
export function operationList(graphDir: string): Artefact {
  const ids = readOperationFiles(graphDir).map(({ name, text }) => [name, documentIdOf(text)]);
  const text = `${JSON.stringify(Object.fromEntries(ids), null, 2)}\n`;
  return { path: join(graphDir, 'schema', 'operations.json'), text };
}
