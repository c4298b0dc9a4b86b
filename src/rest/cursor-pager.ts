/**
 * Pages whose answer names the next one. A token marks the beginning of a page, so a row in the middle is told by the
 * token, the size the page was asked with, and the rows to leave out: the very same page is asked for again.
 */
import type { Position } from './cursor.ts';
import { readJsonPath } from './json-path.ts';
import { isCount, type Pager } from './pager.ts';
import type { CursorPaging } from './paging-rule.ts';
import { withoutRepeats } from './repeats.ts';

export function createCursorPager({ size, cursor, next, more, maxSize, id }: CursorPaging): Pager {
  return {
    start: [null, 0, 0],
    accepts: (position) => {
      const [, pageSize, skip] = position;
      // A vendor may give more rows than it was asked for: `skip` can be beyond the size.
      return position.length === 3 && isCount(pageSize) && isCount(skip) && pageSize <= maxSize;
    },
    async read([token = null, askedSize, skipped], wanted, load) {
      const skip = Number(skipped);
      const pageSize = skip > 0 ? Number(askedSize) : Math.min(wanted, maxSize);
      const page = await load({ [size]: pageSize, ...(token === null ? {} : { [cursor]: token }) });
      const nextToken = readToken(readJsonPath(page.content, next));
      const isLast = nextToken === null || (more !== undefined && readJsonPath(page.content, more) === false);
      // A vendor that names the page it just gave would be asked for ever.
      if (!isLast && nextToken === token) throw new RangeError('the same page again and again');
      const nextPosition: Position | null = isLast ? null : [nextToken, 0, 0];
      const rows = withoutRepeats(page.rows, id).slice(skip);
      return {
        rows,
        after: (index) =>
          index === rows.length - 1 && nextPosition !== null ? nextPosition : [token, pageSize, skip + index + 1],
        next: nextPosition,
      };
    },
  };
}

function readToken(value: unknown): string | number | null {
  return (typeof value === 'string' && value !== '') || typeof value === 'number' ? value : null;
}
