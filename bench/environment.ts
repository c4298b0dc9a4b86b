/** Where the measured processes run, and what they see of this one's environment: nothing that would set them up differently. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));

const KEPT = ['PATH', 'HOME', 'TMPDIR', 'TMP', 'TEMP', 'SystemRoot'];

/** Nothing compiled is kept from one start to the next: what the first start on a machine meets. */
export const COLD = { NODE_DISABLE_COMPILE_CACHE: '1' } as const;

/** Compiled code is kept, for programs that do not see to it themselves. */
export const WARM = { NODE_COMPILE_CACHE: join(tmpdir(), 'vendorgraph-bench') } as const;

/** With a data directory of its own for whoever keeps a record: two gateways do not share one. */
export function baseEnv(): Record<string, string> {
  const kept = KEPT.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  return { ...Object.fromEntries(kept), VENDORGRAPH_DATA_DIR: mkdtempSync(join(dataDirs(), 'data-')) };
}

let made: string | undefined;

/** Gone with this process. */
function dataDirs(): string {
  if (made) return made;
  const dir = mkdtempSync(join(tmpdir(), 'vendorgraph-bench-'));
  process.once('exit', () => rmSync(dir, { recursive: true, force: true }));
  made = dir;
  return dir;
}
