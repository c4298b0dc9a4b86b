/** Our description of a vendor: `openapi.yaml` and `vendor.yaml` of its folder in `sources/`. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import type { VendorConfig } from '../../src/config/vendor.ts';
import { readVendorConfig } from '../../src/config/vendor-file.ts';
import type { VendorName } from '../../src/sandbox/vendor-name.ts';
import type { OpenApiDocument } from './openapi-document.ts';

const sources = fileURLToPath(new URL('../../sources', import.meta.url));

export interface OwnSource {
  document: OpenApiDocument;
  config: VendorConfig;
}

/** Every folder of sources/, in the order of the alphabet. */
export function ownVendors(): string[] {
  const entries = readdirSync(sources, { withFileTypes: true });
  return entries.flatMap((entry) => (entry.isDirectory() ? entry.name : [])).sort();
}

/** A fresh copy with each call, so that a test may change it. */
export function readOwnSource(vendor: VendorName): OwnSource {
  const text = readFileSync(join(sources, vendor, 'openapi.yaml'), 'utf8');
  return {
    // The composer checks our files; here they only have to be read.
    document: parse(text) as OpenApiDocument,
    config: readVendorConfig(join(sources, vendor, 'vendor.yaml')),
  };
}
