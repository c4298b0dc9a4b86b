/**
 * Puts a page into its list's own order, where the rows say their place: a list that goes on behind a row's id must go on
 * behind the row that is really last. Where they do not say it, a page is taken as it came.
 */
import { type JsonPath, readJsonPath } from './json-path.ts';

export interface RowOrder {
  /** Where a row holds a number, or a time as text. */
  path: JsonPath;
  direction: 'asc' | 'desc';
}

export interface OrderedPage {
  rows: readonly unknown[];
  /** Rows of one place in the list, between which it is not known who goes first: those before the row at `index`. */
  tiedBefore(index: number): readonly unknown[];
}

export function inOrder(rows: readonly unknown[], order: RowOrder | undefined): OrderedPage {
  const places = order === undefined ? [] : rows.map((row) => placeOf(row, order));
  if (order === undefined || places.some(Number.isNaN)) return { rows, tiedBefore: () => [] };
  const course = courseOf(places);
  // Two different places show which way the page runs, and then its ties stand in order, too.
  if (course === 'onwards') return { rows, tiedBefore: () => [] };
  if (course === 'backwards') return { rows: rows.toReversed(), tiedBefore: () => [] };
  const sorted = rows.map((row, index) => ({ row, place: places[index] ?? 0 })).toSorted((a, b) => a.place - b.place);
  return {
    rows: sorted.map(({ row }) => row),
    tiedBefore: (index) =>
      sorted
        .slice(0, index)
        .filter(({ place }) => place === sorted[index]?.place)
        .map(({ row }) => row),
  };
}

/** Smaller is nearer to the list's beginning; NaN where the row does not say. */
function placeOf(row: unknown, { path, direction }: RowOrder): number {
  const value = readJsonPath(row, path);
  const place = typeof value === 'number' ? value : typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return direction === 'asc' ? place : -place;
}

function courseOf(places: readonly number[]): 'onwards' | 'backwards' | 'unknown' {
  let rises = false;
  let falls = false;
  for (let index = 1; index < places.length; index += 1) {
    const step = (places[index] ?? 0) - (places[index - 1] ?? 0);
    rises ||= step > 0;
    falls ||= step < 0;
  }
  if (rises === falls) return 'unknown';
  return rises ? 'onwards' : 'backwards';
}
