/** One kind of object: what reads see at once, and what the search index, which lags behind, has heard of. */
import type { StripeObject } from './sandbox-objects.ts';

/** Stripe promises "under a minute" and warns against searching for what was just written; here it is always the full minute. */
export const SEARCH_LAG_MS = 60_000;

export interface Table<T extends StripeObject> {
  get(id: string): T | undefined;
  /** Newest first, without removed ones. */
  all(): T[];
  add(object: T): T;
  /** Returns the new version; the one from before is left as it was. */
  change(id: string, changes: Partial<T>): T;
  remove(id: string): void;
  wasRemoved(id: string): boolean;
  /** As the search index has them: newest first, each in its version of a minute ago. */
  indexed(): T[];
}

interface Row<T> {
  /** Undefined once removed. */
  current: T | undefined;
  /** The version a search still finds until the lag is over. */
  before: T | undefined;
  changedAt: number;
}

export function createTable<T extends StripeObject>(objects: readonly T[], now: () => number): Table<T> {
  const newestFirst = objects.toSorted((one, other) => other.created - one.created);
  const rows = new Map<string, Row<T>>(
    newestFirst.map((object) => [object.id, { current: object, before: object, changedAt: Number.NEGATIVE_INFINITY }]),
  );
  const order = newestFirst.map(({ id }) => id);

  const seenBySearch = (row: Row<T>) => (now() - row.changedAt >= SEARCH_LAG_MS ? row.current : row.before);
  const put = (id: string, current: T | undefined) => {
    const row = rows.get(id);
    rows.set(id, { current, before: row && seenBySearch(row), changedAt: now() });
  };
  const pick = (choose: (row: Row<T>) => T | undefined) =>
    order.flatMap((id) => {
      const row = rows.get(id);
      const object = row && choose(row);
      return object === undefined ? [] : [object];
    });

  return {
    get: (id) => rows.get(id)?.current,
    all: () => pick(({ current }) => current),
    add(object) {
      put(object.id, object);
      order.unshift(object.id);
      return object;
    },
    change(id, changes) {
      const old = rows.get(id)?.current;
      if (old === undefined) throw new TypeError(`There is no ${id} to change.`);
      const changed = { ...old, ...changes };
      put(id, changed);
      return changed;
    },
    remove: (id) => put(id, undefined),
    wasRemoved: (id) => rows.has(id) && rows.get(id)?.current === undefined,
    indexed: () => pick(seenBySearch),
  };
}
