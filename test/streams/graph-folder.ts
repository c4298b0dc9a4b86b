/** A copy of what a running gateway reads of this repository's graph folder, for tests that change it. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VENDOR_NAMES } from '../../src/sandbox/vendor-name.ts';
import { ROOT } from '../start/running-command.ts';

export interface GraphFolderCopy extends Disposable {
  dir: string;
  /** Rewrites the composed schema. */
  change(rewrite: (sdl: string) => string): void;
}

export function copyGraphInto(dir: string): void {
  const files = ['.meshrc.yaml', 'schema', ...VENDOR_NAMES.map((vendor) => `sources/${vendor}/vendor.yaml`)];
  for (const path of files) cpSync(join(ROOT, path), join(dir, path), { recursive: true });
}

export function copyGraphFolder(): GraphFolderCopy {
  const dir = mkdtempSync(join(tmpdir(), 'vendorgraph-graph-'));
  copyGraphInto(dir);
  const composed = join(dir, 'schema/composed.graphql');
  return {
    dir,
    change(rewrite) {
      const sdl = readFileSync(composed, 'utf8');
      const changed = rewrite(sdl);
      if (changed === sdl) throw new TypeError('Nothing of the schema was changed.');
      writeFileSync(composed, changed);
    },
    [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }),
  };
}
