/** Pages counted in rows or in pages. A position is always the absolute row, so any page size can go on from it. */
import type { Position } from './cursor.ts';
import { readJsonPath } from './json-path.ts';
import { isCount, type Pager } from './pager.ts';
import type { OffsetPaging } from './paging-rule.ts';

export function createOffsetPager(rule: OffsetPaging): Pager {
  const { size, offset, unit, first, more, maxRows = Number.MAX_SAFE_INTEGER } = rule;
  return {
    start: [0],
    accepts: (position) => position.length === 1 && isCount(position[0]),
    async read([position], wanted, load) {
      const row = Number(position);
      if (row >= maxRows) throw new RowLimitError(maxRows);
      const pageSize = unit === 'row' ? Math.min(wanted, rule.maxSize, maxRows - row) : pageSizeFor(row, wanted, rule);
      const page = Math.floor(row / pageSize);
      const begins = unit === 'row' ? row : page * pageSize;
      const answer = await load({ [size]: pageSize, [offset]: first + (unit === 'row' ? row : page) });
      const rows = answer.rows.slice(row - begins);
      const hasMore = isMore(readJsonPath(answer.content, more)) && answer.rows.length > 0;
      const after = (index: number): Position => [row + index + 1];
      const end = unit === 'row' ? row + rows.length : begins + pageSize;
      return { rows, after, next: hasMore ? [end] : null };
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

/**
 * Pages begin at multiples of their size, the rows wanted may not: the smallest size whose page holds the most of them.
 * For the first rows of a list that is exactly the number wanted.
 */
function pageSizeFor(
  row: number,
  wanted: number,
  { maxSize, maxRows = Number.MAX_SAFE_INTEGER }: OffsetPaging,
): number {
  let best = 1;
  let bestGain = 0;
  for (let size = 1; size <= maxSize; size += 1) {
    const gain = Math.min(wanted, size - (row % size));
    const end = (Math.floor(row / size) + 1) * size;
    if (gain > bestGain && end <= maxRows) {
      best = size;
      bestGain = gain;
    }
  }
  return best;
}

/** True, or a value that is there, such as the next page's address. */
function isMore(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false && value !== '';
}
