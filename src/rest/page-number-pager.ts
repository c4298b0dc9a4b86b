/**
 * Pages counted in pages. A page begins at a multiple of its size, so whoever goes on keeps to sizes that divide the rows
 * behind: no page is ever cut at another place than before. A row in the middle is told by its page, which is asked for
 * again as it was, and the rows to leave out; so a vendor that turns its pages round loses none.
 */
import type { Position } from './cursor.ts';
import { isMore, RowLimitError } from './offset-pager.ts';
import { isCount, type Pager } from './pager.ts';
import type { OffsetPaging } from './paging-rule.ts';
import { withoutRepeats } from './repeats.ts';

export function createPageNumberPager({
  size,
  offset,
  first,
  more,
  id,
  maxSize,
  maxRows = Number.MAX_SAFE_INTEGER,
}: OffsetPaging): Pager {
  return {
    // The row the page begins with; the size of the page, or of the one before; rows to leave out.
    start: [0, 1, 0],
    accepts: (position) => {
      const [row, pageSize, skip] = position;
      if (position.length !== 3 || !isCount(row) || !isCount(pageSize) || !isCount(skip)) return false;
      return pageSize >= 1 && pageSize <= maxSize && row % pageSize === 0;
    },
    async read([position, askedSize, skipped], wanted, load) {
      const [row, least, skip] = [Number(position), Number(askedSize), Number(skipped)];
      if (row >= maxRows) throw new RowLimitError(maxRows);
      const pageSize = skip > 0 ? least : sizeFor(row, Math.max(wanted, least), Math.min(maxSize, maxRows - row));
      const answer = await load({ [size]: pageSize, [offset]: first + row / pageSize });
      const rows = withoutRepeats(answer.rows, id).slice(skip);
      const next: Position | null = isMore(answer, more) ? [row + pageSize, pageSize, 0] : null;
      return {
        rows,
        after: (index) => (index === rows.length - 1 && next !== null ? next : [row, pageSize, skip + index + 1]),
        next,
      };
    },
  };
}

/**
 * The smallest size that holds `enough` rows, or else the largest there is, of those whose pages begin at `row`. Sizes never
 * fall on the way (`enough` is at least the size before): behind an odd row only odd sizes fit, and soon only 1.
 */
function sizeFor(row: number, enough: number, most: number): number {
  let best = 1;
  for (let size = 1; size <= most && best < enough; size += 1) if (row % size === 0) best = size;
  return best;
}
