/** Rows a vendor gives a second time, told by the id they carry. A row without one is never taken for another. */
import { type JsonPath, readJsonPath } from './json-path.ts';

export type RowId = string | number;

export function rowIdOf(row: unknown, path: JsonPath): RowId | undefined {
  const id = readJsonPath(row, path);
  return typeof id === 'string' || typeof id === 'number' ? id : undefined;
}

/** Each row once, where it came first; the very same list where none comes twice, which is nearly always. */
export function withoutRepeats(rows: readonly unknown[], path: JsonPath): readonly unknown[] {
  const seen = new Set<RowId>();
  if (rows.every((row) => isNew(row, seen, path))) return rows;
  seen.clear();
  return rows.filter((row) => isNew(row, seen, path));
}

/** Whether the row is none of those seen; from now on it is. */
export function isNew(row: unknown, seen: Set<RowId>, path: JsonPath): boolean {
  const id = rowIdOf(row, path);
  return id === undefined || seen.size < seen.add(id).size;
}
