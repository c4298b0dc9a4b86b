/** Which of two rows with one key counts: the first that was made, whatever order a vendor sends them in. */
import { isObject } from '../rest/json-path.ts';

/** What is no object is left out. `createdOf` tells the row's time, in any unit; rows of one time go by id. */
export function oldestFirst<Row extends { id: string | number | bigint }>(
  rows: readonly unknown[],
  createdOf: (row: Row) => number,
): Row[] {
  // The caller knows the rows' shape from the vendor's contract.
  const known = (rows as Row[]).filter(isObject);
  return known.toSorted((one, other) => createdOf(one) - createdOf(other) || compareIds(one.id, other.id));
}

/** Numbers of any length, as text too, by size. */
function compareIds(one: string | number | bigint, other: string | number | bigint): number {
  const [left, right] = [String(one), String(other)];
  const isLess = /^\d+$/.test(left + right) && left.length !== right.length ? left.length < right.length : left < right;
  return isLess ? -1 : Number(left !== right);
}

/** Milliseconds since 1970; 0 for what is no instant. */
export function instantOf(text: string | null | undefined): number {
  return Date.parse(text ?? '') || 0;
}
