/** Pages counted in rows: a position is the row, so any page size can go on from it. */
import type { Position } from './cursor.ts';
import { readJsonPath } from './json-path.ts';
import { isCount, type Pager } from './pager.ts';
import type { OffsetPaging } from './paging-rule.ts';
import { withoutRepeats } from './repeats.ts';

export function createOffsetPager({
  size,
  offset,
  first,
  more,
  id,
  maxSize,
  maxRows = Number.MAX_SAFE_INTEGER,
}: OffsetPaging): Pager {
  return {
    start: [0],
    accepts: (position) => position.length === 1 && isCount(position[0]),
    async read([position], wanted, load) {
      const row = Number(position);
      if (row >= maxRows) throw new RowLimitError(maxRows);
      const pageSize = Math.min(wanted, maxSize, maxRows - row);
      const answer = await load({ [size]: pageSize, [offset]: first + row });
      const rows = withoutRepeats(answer.rows, id);
      // A row that comes twice has two places in the list; but of more rows than were asked for, it has one.
      const places = rows.length < answer.rows.length && answer.rows.length <= pageSize ? answer.rows : rows;
      const placeOf = (index: number): number => (places === rows ? index : places.indexOf(rows[index]));
      const after = (index: number): Position => [row + (index + 1 < rows.length ? placeOf(index + 1) : places.length)];
      return { rows, after, next: isMore(answer, more) ? after(rows.length - 1) : null };
    },
  };
}

/** The vendor lists no row beyond. */
export class RowLimitError extends Error {
  readonly maxRows: number;

  constructor(maxRows: number) {
    super(`no row beyond ${maxRows}`);
    this.maxRows = maxRows;
  }
}

/** True, or a value that is there, such as the next page's address. */
export function isMore(
  { rows, content }: { rows: readonly unknown[]; content: unknown },
  more: OffsetPaging['more'],
): boolean {
  const value = readJsonPath(content, more);
  return value !== undefined && value !== null && value !== false && value !== '' && rows.length > 0;
}
