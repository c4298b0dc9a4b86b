/** A log that is gone as a whole leaves its key behind, which was made with it: no new one should begin in silence. */
import { stat } from 'node:fs/promises';
import { keyPath } from './audit-key.ts';
import { readHead } from './head.ts';
import { auditFolder } from './log-files.ts';
import { listSegments } from './segment.ts';
import { lockPath } from './writer-lock.ts';

/** False where no log ever was, and where its key came from the environment: then nothing but a head kept elsewhere tells. */
export async function isLogGone(dataDir: string): Promise<boolean> {
  const dir = auditFolder(dataDir);
  if (!(await exists(keyPath(dataDir)))) return false;
  // One that begins has its writer first, then its key, then its head.
  if (await exists(lockPath(dir))) return false;
  return (await readHead(dir)) === undefined && (await listSegments(dir)).length === 0;
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}
