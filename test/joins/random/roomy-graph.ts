/** A copy of the graph folder whose operator may ask for more at once than anybody should: random documents know no measure. */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { VENDOR_NAMES } from '../../../src/sandbox/vendor-name.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** The most that src/config/limits.ts lets anybody write. */
const LIMITS = {
  characters: 1_048_576,
  tokens: 50_000,
  depth: 100,
  aliases: 10_000,
  rootFields: 1_000,
  directives: 10_000,
  fields: 100_000,
  cost: 100_000,
};

export interface RoomyGraph extends Disposable {
  dir: string;
}

/** Disposing removes it. `identity` takes the place of the graph's own schema/identity.yaml. */
export function makeRoomyGraph(identity?: object): RoomyGraph {
  const dir = mkdtempSync(join(tmpdir(), 'vendorgraph-random-'));
  for (const path of ['.meshrc.yaml', 'schema', ...VENDOR_NAMES.map((vendor) => `sources/${vendor}/vendor.yaml`)])
    cpSync(join(ROOT, path), join(dir, path), { recursive: true });
  if (identity) writeFileSync(join(dir, 'schema/identity.yaml'), stringify(identity));
  writeFileSync(join(dir, 'clients.yaml'), stringify({ limits: { operator: LIMITS } }));
  return { dir, [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }) };
}
