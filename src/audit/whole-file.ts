/** Replaces a small file as a whole: a reader, and a crash, find the old text or the new one. */
import { open, rename, unlink } from 'node:fs/promises';

/** On disk when it resolves; readable by its owner only. When it fails the old text stands. */
export async function writeWholeFile(path: string, text: string): Promise<void> {
  const next = `${path}.next`;
  try {
    const handle = await open(next, 'w', 0o600);
    try {
      await handle.writeFile(text);
      await handle.datasync();
    } finally {
      await handle.close();
    }
    await rename(next, path);
  } catch (error) {
    await unlink(next).catch(() => {});
    throw error;
  }
}
