/** Pages that begin after a row's id: the id is all a position needs. */
import type { Position } from './cursor.ts';
import { readJsonPath } from './json-path.ts';
import type { Pager } from './pager.ts';
import type { LastIdPaging } from './paging-rule.ts';

export function createLastIdPager({ size, cursor, id, more, maxSize }: LastIdPaging): Pager {
  const idOf = (row: unknown): string | number => {
    const value = readJsonPath(row, id);
    if (typeof value === 'string' || typeof value === 'number') return value;
    throw new RangeError(`a row without "${id.join('.')}"`);
  };
  return {
    start: [null],
    accepts: (position) => position.length === 1,
    async read([last = null], wanted, load) {
      const parameters = { [size]: Math.min(wanted, maxSize), ...(last === null ? {} : { [cursor]: last }) };
      const { rows, content } = await load(parameters);
      const ids = rows.map(idOf);
      const after = (index: number): Position => [ids[index] ?? null];
      const hasMore = readJsonPath(content, more) === true && rows.length > 0;
      return { rows, after, next: hasMore ? after(rows.length - 1) : null };
    },
  };
}
