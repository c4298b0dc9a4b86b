/** Values that come later, as graphql-js knows them: whatever has a `then`. */

export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

export function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}

/** What nobody will see may fail: a rejection that nobody listens to would end the process. */
export function abandon(value: unknown): void {
  if (isPromise(value)) value.then(abandon, () => {});
  else if (isIterable(value)) for (const item of value) abandon(item);
}
