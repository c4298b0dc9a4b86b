/** Makes the mistake of a mutation in a copy of our files. */
import type { Mutation } from './mutations.ts';
import type { OwnSource } from './own-source.ts';

/** Changes `source`. Throws when the way to the place ends early, so that the table follows our files. */
export function mutate(source: OwnSource, { where, change, mistake }: Mutation): void {
  const key = where.at(-1) ?? '';
  const holder = where.slice(0, -1).reduce<object>((found, step) => {
    const next: unknown = Reflect.get(found, step);
    if (typeof next !== 'object' || next === null) throw new Error(`${mistake}: found no ${where.join(' → ')}.`);
    return next;
  }, source);
  if (change !== 'remove' && 'to' in change) {
    Reflect.set(holder, key, change.to);
    return;
  }
  if (!(key in holder)) throw new Error(`${mistake}: found no ${where.join(' → ')}.`);
  if (change !== 'remove') Reflect.set(holder, change.rename, Reflect.get(holder, key));
  if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else Reflect.deleteProperty(holder, key);
}
