/** Puts a folder's list of names on disk: a file that is synced may still be lost when its name is not. */
import { open } from 'node:fs/promises';

export async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
