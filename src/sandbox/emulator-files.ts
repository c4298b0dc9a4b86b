/** Finds and loads the emulators of a graph folder: `sources/<vendor>/sandbox.ts`, export `createEmulator`. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { CreateEmulator } from './emulator.ts';
import { VENDOR_NAMES, type VendorName } from './vendor-name.ts';

export const DEFAULT_SOURCES_FOLDER = fileURLToPath(new URL('../../sources', import.meta.url));

/** Without `vendors`, all whose file exists. A named vendor without a file is an error that says which file is missing. */
export async function loadEmulators(
  folder: string,
  vendors?: readonly VendorName[],
): Promise<Map<VendorName, CreateEmulator>> {
  const names = vendors ?? VENDOR_NAMES.filter((vendor) => existsSync(fileOf(folder, vendor)));
  return new Map(await Promise.all(names.map(async (name) => [name, await loadEmulator(folder, name)] as const)));
}

async function loadEmulator(folder: string, vendor: VendorName): Promise<CreateEmulator> {
  const file = fileOf(folder, vendor);
  if (!existsSync(file)) throw new Error(`There is no emulator for ${vendor}: ${file} does not exist.`);
  const { createEmulator }: Record<string, unknown> = await import(/* @vite-ignore */ pathToFileURL(file).href);
  if (typeof createEmulator !== 'function') throw new TypeError(`${file} does not export createEmulator.`);
  return createEmulator as CreateEmulator; // the module's own contract; its types were checked with it
}

function fileOf(folder: string, vendor: VendorName): string {
  return join(folder, vendor, 'sandbox.ts');
}
