/** Rows a vendor gives a second time, told by the id they carry. A row without one is never taken for another. */
import { type JsonPath, readJsonPath } from './json-path.ts';

export type RowId = string | number;

export function rowIdOf(row: unknown, path: JsonPath): RowId | undefined {
  const id = readJsonPath(row, path);
  return typeof id === 'string' || typeof id === 'number' ? id : undefined;
}

/** Each row once, where it came first. */
export function withoutRepeats(rows: readonly unknown[], path: JsonPath): readonly unknown[] {
  const seen = new Set<RowId>();
  const once = rows.filter((row) => {
    const id = rowIdOf(row, path);
    if (id === undefined) return true;
    if (seen.has(id)) return false;
    seen.add(id);
    return true;
  });
  return once.length === rows.length ? rows : once;
}
