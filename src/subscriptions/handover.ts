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
  return new OneByOne();
}

/** A class: a literal with getters costs each subscriber half a kilobyte, and its functions as much again. */
class OneByOne<Item> implements Handover<Item> {
  #asked: PromiseWithResolvers<IteratorResult<Item, undefined>> | undefined;
  #untold: Error | undefined;
  #isOver = false;

  get isAsked(): boolean {
    return this.#asked !== undefined;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  async ask(fetch: () => void): Promise<IteratorResult<Item, undefined>> {
    const error = this.#untold;
    this.#untold = undefined;
    if (error !== undefined) throw error;
    if (this.#isOver) return DONE;
    if (this.#asked !== undefined) throw new TypeError('The next item is asked for when the last one has come.');
    this.#asked = Promise.withResolvers();
    const { promise } = this.#asked;
    fetch();
    return promise;
  }

  give(value: Item): boolean {
    const { resolve } = this.#asked ?? {};
    this.#asked = undefined;
    resolve?.({ done: false, value });
    return resolve !== undefined;
  }

  close(error?: Error): void {
    this.#isOver = true;
    if (this.#asked === undefined) this.#untold = error;
    else if (error === undefined) this.#asked.resolve(DONE);
    else this.#asked.reject(error);
    this.#asked = undefined;
  }
}
