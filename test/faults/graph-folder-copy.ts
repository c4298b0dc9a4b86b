/** A copy of the reference graph folder whose vendor.yaml files are changed, e.g. to shorter deadlines. What the gateway reads, no more. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';
import { VENDOR_NAMES, type VendorName } from '../../src/sandbox/vendor-name.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Top-level settings of vendor.yaml; `limits` and `retry` are merged into what stands there. */
export interface VendorChange {
  timeoutMs?: number;
  limits?: { concurrency?: number; maxQueued?: number };
  retry?: { attempts?: number; baseMs?: number; maxMs?: number };
}

export interface GraphFolderCopy extends Disposable {
  dir: string;
}

export function copyGraphFolder(changes: Partial<Record<VendorName, VendorChange>>): GraphFolderCopy {
  const dir = mkdtempSync(join(tmpdir(), 'vendorgraph-faults-'));
  for (const path of ['.meshrc.yaml', 'schema/composed.graphql']) cpSync(join(ROOT, path), join(dir, path));
  for (const vendor of VENDOR_NAMES) {
    const path = join('sources', vendor, 'vendor.yaml');
    const config: Record<string, unknown> = parse(readFileSync(join(ROOT, path), 'utf8'));
    const { limits, retry, ...others } = changes[vendor] ?? {};
    mkdirSync(join(dir, 'sources', vendor), { recursive: true });
    writeFileSync(
      join(dir, path),
      stringify({
        ...config,
        ...others,
        limits: { ...Object(config['limits']), ...limits },
        retry: { ...Object(config['retry']), ...retry },
      }),
    );
  }
  return { dir, [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }) };
}

/** The same change for every vendor. */
export function everyVendor(change: VendorChange): Record<VendorName, VendorChange> {
  return Object.fromEntries(VENDOR_NAMES.map((vendor) => [vendor, change])) as Record<VendorName, VendorChange>;
}
