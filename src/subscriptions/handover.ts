/** Hands items to one who asks, one at a time, and says once why there are no more. */
export interface Handover<Item> {
  /** An item was asked for and has not come. */
  readonly isAsked: boolean;
  readonly isOver: boolean;
  /** Rejects once with the error it was closed with; then, as when there was none, it is done. */
  ask(fetch: () => void): Promise<IteratorResult<Item, undefined>>;
  /** False: nobody waits for it any more. */
  give(item: Item): boolean;
  /** Answers who waits now, else who asks next. */
  close(error?: Error): void;
}

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

export function createHandover<Item>(): Handover<Item> {
  let asked: PromiseWithResolvers<IteratorResult<Item, undefined>> | undefined;
  let untold: Error | undefined;
  let isOver = false;

  return {
    get isAsked() {
      return asked !== undefined;
    },
    get isOver() {
      return isOver;
    },
    async ask(fetch) {
      const error = untold;
      untold = undefined;
      if (error !== undefined) throw error;
      if (isOver) return DONE;
      if (asked !== undefined) throw new TypeError('The next item is asked for when the last one has come.');
      asked = Promise.withResolvers();
      const { promise } = asked;
      fetch();
      return promise;
    },
    give(value) {
      const { resolve } = asked ?? {};
      asked = undefined;
      resolve?.({ done: false, value });
      return resolve !== undefined;
    },
    close(error) {
      isOver = true;
      if (asked === undefined) untold = error;
      else if (error === undefined) asked.resolve(DONE);
      else asked.reject(error);
      asked = undefined;
    },
  };
}
