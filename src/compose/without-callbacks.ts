/**
 * Mesh makes subscriptions of its own of an operation's callbacks, and takes its description from a file only: it is given
 * a copy without them. What vendors send comes in by our own door.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OpenapiFile } from './openapi-file.ts';

export interface SpecCopy extends Disposable {
  /** Absolute. */
  path: string;
}

/** Undefined when no operation has callbacks. The copy is deleted on disposal. */
export function copyWithoutCallbacks({ document, operations, yaml }: OpenapiFile): SpecCopy | undefined {
  const calling = operations.filter(({ path, method }) => document.paths[path]?.[method]?.callbacks !== undefined);
  if (calling.length === 0) return undefined;
  // It has passed the check of its shape.
  const copy = structuredClone(yaml.value) as { paths: Record<string, Record<string, { callbacks?: unknown }>> };
  for (const { path, method } of calling) delete copy.paths[path]?.[method]?.callbacks;
  const dir = mkdtempSync(join(tmpdir(), 'vendorgraph-'));
  const path = join(dir, 'openapi.json');
  writeFileSync(path, JSON.stringify(copy));
  return { path, [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }) };
}
