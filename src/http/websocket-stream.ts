/**
 * A subscription's answers on their way into a WebSocket. graphql-ws would serialise each for each subscriber, with half a
 * dozen promises; here the text is shared, and a promise is waited for only when the socket has enough. How a stream ends,
 * and that its client may complete it, is still graphql-ws's to say.
 */
import type { ExecutionResult } from 'graphql';
import type { AnswerStream } from '../graph/answer-stream.ts';
import { answerText } from './answer-text.ts';
import type { Outbox } from './outbox.ts';
import { ownTurn } from './turn-budget.ts';

/** Gives graphql-ws a stream without answers that ends, or fails, when `answers` does. */
export function streamInto(outbox: Outbox, id: string, answers: AnswerStream): AsyncIterableIterator<ExecutionResult> {
  const start = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
  const message = (answer: ExecutionResult): string => `${start}${answerText(answer)}}`;
  const more = (): string | undefined => {
    const answer = answers.ready?.();
    return answer && message(answer);
  };
  return {
    async next() {
      while (outbox.isOpen) {
        const { value, done } = await answers.next();
        if (done) break;
        const turn = ownTurn();
        if (turn) await turn;
        const taken = outbox.sendAll(message(value), more);
        if (taken) await taken;
      }
      return { value: undefined, done: true };
    },
    async return() {
      await answers.return?.();
      return { value: undefined, done: true };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
