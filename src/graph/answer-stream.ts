/** A stream's events as answers, pulled one by one: nothing is read or executed for one that does not ask. */
import type { ExecutionResult, GraphQLError } from 'graphql';
import type { EventStream, StreamItem } from '../subscriptions/event-stream.ts';
import { maskError } from './mask.ts';

/** Finished answers, each with `extensions.cursor`. */
export interface AnswerStream extends AsyncIterableIterator<ExecutionResult> {
  /** The next one without a promise, if it is there already; undefined: ask `next`. */
  ready?(): ExecutionResult | undefined;
}

/** At once, or later; undefined: it is no longer to be given. */
export type AnswerItem = (item: StreamItem) => ExecutionResult | Promise<ExecutionResult | undefined>;

/** Not a generator: one that waits for an event could not be left. */
export function answerStream(
  stream: EventStream,
  answer: AnswerItem,
  { requestId, positionFrames }: { requestId: string; positionFrames: boolean },
): AnswerStream {
  /** Begun without being asked for with a promise. */
  let begun: Promise<ExecutionResult | undefined> | undefined;
  const nextAnswer = async (): Promise<ExecutionResult | undefined> => {
    for (;;) {
      const { value, done } = await stream.next();
      if (done) return undefined;
      const given = value.event !== null || positionFrames ? await answer(value) : undefined;
      if (given) return given;
    }
  };
  // Streams fail with what their reader may know; anything else is ours, and said as such.
  const masked = (error: unknown): GraphQLError => maskError(error, requestId).error;
  return {
    ready() {
      try {
        const item = begun === undefined ? stream.ready() : undefined;
        const one = item && answer(item);
        if (!(one instanceof Promise)) return one;
        begun = one;
        // Told to whoever asks next; if its connection has gone, nobody does.
        begun.catch(() => {});
        return undefined;
      } catch (error) {
        throw masked(error);
      }
    },
    async next() {
      try {
        const value = (begun && (await begun)) ?? (await nextAnswer());
        return value === undefined ? { value, done: true } : { value, done: false };
      } catch (error) {
        throw masked(error);
      } finally {
        begun = undefined;
      }
    },
    async return() {
      await stream.return();
      return { value: undefined, done: true };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
