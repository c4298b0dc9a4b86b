/**
 * What a loader has for one key. A promise to whoever awaits it, made when somebody does; who has a row to complete is told
 * without one (`tell`), which costs a tenth of it: a list of a hundred rows has a hundred.
 */

export interface Listener<Row> {
  settle(row: Row | null): void;
  fail(error: unknown): void;
}

export class KeyedLoad<Row> implements Promise<Row | null> {
  readonly [Symbol.toStringTag] = 'KeyedLoad';
  /** Undefined until it is known; an error: it failed. */
  #outcome: Row | null | Error | undefined;
  /** One, nearly always. */
  #listener: Listener<Row> | undefined;
  #others: Listener<Row>[] | undefined;
  #promise: Promise<Row | null> | undefined;

  /** @param outcome for what is known already */
  constructor(outcome?: Row | null) {
    this.#outcome = outcome;
  }

  /** A row, null for a key that has none, or why it could not be found; undefined while it is not known. */
  get outcome(): Row | null | Error | undefined {
    return this.#outcome;
  }

  /** To be called once, by the loader. */
  end(outcome: Row | null | Error): void {
    this.#outcome = outcome;
    const [listener, others = []] = [this.#listener, this.#others];
    this.#listener = undefined;
    this.#others = undefined;
    if (!listener) return;
    call(listener, outcome);
    for (const other of others) call(other, outcome);
  }

  /** Tells the listener, now if it is known. */
  tell(listener: Listener<Row>): void {
    if (this.#outcome !== undefined) call(listener, this.#outcome);
    else if (!this.#listener) this.#listener = listener;
    else if (this.#others) this.#others.push(listener);
    else this.#others = [listener];
  }

  then<Value = Row | null, Other = never>(
    onRow?: ((row: Row | null) => Value | PromiseLike<Value>) | null,
    onError?: ((error: unknown) => Other | PromiseLike<Other>) | null,
  ): Promise<Value | Other> {
    return this.#asPromise().then(onRow, onError);
  }

  catch<Other = never>(onError?: ((error: unknown) => Other | PromiseLike<Other>) | null): Promise<Row | null | Other> {
    return this.#asPromise().catch(onError);
  }

  finally(onEnd?: (() => void) | null): Promise<Row | null> {
    return this.#asPromise().finally(onEnd);
  }

  #asPromise(): Promise<Row | null> {
    this.#promise ??= new Promise((settle, fail) => this.tell({ settle, fail }));
    return this.#promise;
  }
}

function call<Row>(listener: Listener<Row>, outcome: Row | null | Error): void {
  if (outcome instanceof Error) listener.fail(outcome);
  else listener.settle(outcome);
}
