/** What the three paging styles have in common: a position in a list, and the slice of rows that begins there. */
import type { Position } from './cursor.ts';

/** One page as the vendor answered it. */
export interface VendorPage {
  rows: readonly unknown[];
  /** The whole answer, for the style's own fields. */
  content: unknown;
}

/** Asks for one page; `parameters` by the vendor's names. */
export type LoadPage = (parameters: Readonly<Record<string, unknown>>) => Promise<VendorPage>;

export interface Slice {
  /** Each once. */
  rows: readonly unknown[];
  /** Where the row after the `index`th begins. */
  after(index: number): Position;
  /** Where the next slice begins; null at the end of the list. */
  next: Position | null;
}

export interface Pager {
  start: Position;
  /** Whether `position` can be one of this style: a cursor's content is the caller's word. */
  accepts(position: Position): boolean;
  /** Rows from `position` on: one vendor page, perhaps fewer or more rows than wanted. */
  read(position: Position, wanted: number, load: LoadPage): Promise<Slice>;
}

export function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
