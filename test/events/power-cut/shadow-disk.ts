/** A folder whose disk may lose its power: `live` is what the process sees, `shadow` what it synced. */
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SOURCE = fileURLToPath(new URL('shadow.c', import.meta.url));

export interface ShadowDisk extends AsyncDisposable {
  live: string;
  shadow: string;
  /** For the process that writes. */
  env: NodeJS.ProcessEnv;
}

/** Undefined, said aloud, where there is no compiler. */
export function compileShadow(folder: string): string | undefined {
  const library = join(folder, 'shadow.so');
  try {
    execFileSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, SOURCE, '-ldl'], { stdio: 'pipe' });
    return library;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    process.stderr.write('SKIPPED: no C compiler (cc), so no power cut can be simulated.\n');
    return undefined;
  }
}

export async function makeShadowDisk(library: string): Promise<ShadowDisk> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'power-')));
  const [live, shadow] = [join(folder, 'live'), join(folder, 'shadow')];
  await Promise.all([live, shadow].map((path) => mkdir(path)));
  return {
    live,
    shadow,
    env: { LD_PRELOAD: library, SHADOW_OF: live, SHADOW_IN: shadow },
    async [Symbol.asyncDispose]() {
      await rm(folder, { recursive: true });
    },
  };
}
