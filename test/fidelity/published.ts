/** Where each vendor's published description lies, or why we have none to compare with. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import type { VendorName } from '../../src/sandbox/vendor-name.ts';
import type { OpenApiDocument } from './openapi-document.ts';
import { fromSwagger, type SwaggerDocument } from './swagger-two.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Folder of the published files: `VENDORGRAPH_SPECS`, or `../shared/specs` beside the repository. */
export const specsFolder = process.env['VENDORGRAPH_SPECS'] ?? join(root, '../shared/specs');

export type Published = { file: string } | { notComparable: string };

export const PUBLISHED: Readonly<Record<VendorName, Published>> = {
  hubspot: {
    notComparable:
      "HubSpot does not license its published files for use outside; ours was written after HubSpot's own client.",
  },
  stripe: { file: 'stripe.yaml' },
  zendesk: { notComparable: 'Zendesk publishes no file under a licence that lets us keep it.' },
  slack: { file: 'slack.json' },
  resend: { file: 'resend.yaml' },
  pdl: { file: 'peopledatalabs.json' },
  calcom: { file: 'calcom.json' },
  bamboohr: { file: 'bamboohr.yaml' },
};

/** Why a vendor cannot be compared here and now; undefined when it can. */
export function whyNotComparable(vendor: VendorName): string | undefined {
  const published = PUBLISHED[vendor];
  if ('notComparable' in published) return published.notComparable;
  // A folder that lacks one file is a mistake, and fails where the file is read.
  if (existsSync(specsFolder)) return undefined;
  return `the folder of published files, ${specsFolder}, is missing; VENDORGRAPH_SPECS names another.`;
}

const read = new Map<string, OpenApiDocument>();

/** Reads a file once, however often it is asked for: Stripe's has four megabytes. */
export function readPublished(vendor: VendorName): OpenApiDocument {
  const published = PUBLISHED[vendor];
  if ('notComparable' in published) throw new Error(published.notComparable);
  const known = read.get(published.file) ?? load(join(specsFolder, published.file));
  read.set(published.file, known);
  return known;
}

function load(path: string): OpenApiDocument {
  const text = readFileSync(path, 'utf8');
  // Looking for doubled keys triples the time that four megabytes take.
  const document: unknown = path.endsWith('.json')
    ? JSON.parse(text)
    : parse(text, { uniqueKeys: false, prettyErrors: false });
  // Vendors' files are trusted to be what their first line says.
  if (typeof document === 'object' && document !== null && 'swagger' in document)
    return fromSwagger(document as unknown as SwaggerDocument);
  return document as OpenApiDocument;
}
