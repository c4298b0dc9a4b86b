/**
 * Pages that begin after a row's id. Behind any row of a page nothing is left out, rows may only come again: so a page out
 * of order is put in order, and where that leaves several rows at one place, the position names those given before.
 */
import type { Position } from './cursor.ts';
import { readJsonPath } from './json-path.ts';
import type { Pager } from './pager.ts';
import type { LastIdPaging } from './paging-rule.ts';
import { type RowId, rowIdOf, withoutRepeats } from './repeats.ts';
import { inOrder } from './row-order.ts';

/** Ids a position names besides its own; more rows than that made in one instant may come twice. */
const MOST_TIED = 32;

export function createLastIdPager({ size, cursor, id, more, maxSize, order }: LastIdPaging): Pager {
  const idOf = (row: unknown): RowId => {
    const value = rowIdOf(row, id);
    if (value !== undefined) return value;
    throw new RangeError(`a row without "${id.join('.')}"`);
  };
  return {
    start: [null],
    accepts: (position) => position.length >= 1 && position.length <= 1 + MOST_TIED,
    async read([last = null, ...given], wanted, load) {
      const parameters = { [size]: Math.min(wanted, maxSize), ...(last === null ? {} : { [cursor]: last }) };
      const answer = await load(parameters);
      const page = inOrder(withoutRepeats(answer.rows, id), order);
      const ids = page.rows.map(idOf);
      const positionAt = (index: number): Position => [
        ids[index] ?? null,
        ...page.tiedBefore(index).slice(-MOST_TIED).map(idOf),
      ];
      const hasMore = readJsonPath(answer.content, more) === true && ids.length > 0;
      const next = hasMore ? positionAt(ids.length - 1) : null;
      if (given.length === 0) return { rows: page.rows, after: positionAt, next };
      const places = [...ids.keys()].filter((index) => !given.includes(ids[index] ?? null));
      return {
        rows: places.map((index) => page.rows[index]),
        after: (index) => positionAt(places[index] ?? ids.length - 1),
        next,
      };
    },
  };
}
