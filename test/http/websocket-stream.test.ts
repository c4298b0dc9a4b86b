/** Many streams at once: none keeps the others, or a webhook, from their turn. */
import type { ExecutionResult } from 'graphql';
import { expect, it } from 'vitest';
import type { AnswerStream } from '../../src/graph/answer-stream.ts';
import type { Outbox } from '../../src/http/outbox.ts';
import { streamInto } from '../../src/http/websocket-stream.ts';

const EVENTS = 50;
const STREAMS = 20;

/** All at hand, one by one. */
function streamOf(count: number): AnswerStream {
  let left = count;
  return {
    async next() {
      left -= 1;
      return left >= 0 ? { value: ANSWER, done: false } : { value: undefined, done: true };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

const ANSWER: ExecutionResult = { data: { events: { id: '1' } } };

/** A socket that takes everything, and the processor for a while. */
function busyOutbox(sent: string[]): Outbox {
  return {
    isOpen: true,
    room: () => undefined,
    sendAll(first) {
      for (const end = performance.now() + 1; performance.now() < end; );
      sent.push(first);
      return undefined;
    },
  };
}

it('gives other work its turn again and again while streams have much at hand', async () => {
  const sent: string[] = [];
  const whole = Promise.all(
    Array.from({ length: STREAMS }, (_, index) => streamInto(busyOutbox(sent), String(index), streamOf(EVENTS)).next()),
  );
  const sentAtTurns: number[] = [];
  const turn = (): void => {
    sentAtTurns.push(sent.length);
    if (sent.length < STREAMS * EVENTS) setImmediate(turn);
  };
  setImmediate(turn);
  expect(await whole).toEqual(Array(STREAMS).fill({ value: undefined, done: true }));
  expect(sent).toHaveLength(STREAMS * EVENTS);
  // About 1 ms each: far from all of them in one turn.
  expect(sentAtTurns.length).toBeGreaterThan(10);
});

it('serves every stream alike when their turn is over', async () => {
  const sent: string[] = [];
  const whole = Promise.all(
    Array.from({ length: STREAMS }, (_, index) => streamInto(busyOutbox(sent), String(index), streamOf(EVENTS)).next()),
  );
  await expect.poll(() => sent.length).toBeGreaterThanOrEqual(STREAMS * 2);
  const counts = Map.groupBy(sent, (text) => text);
  expect(counts.size).toBe(STREAMS);
  await whole;
});

it('sends an answer that many were given as one text, each with its own operation id', async () => {
  const sent: string[] = [];
  for (const id of ['a', 'b"']) await streamInto(busyOutbox(sent), id, streamOf(1)).next();
  expect(sent.map((text) => JSON.parse(text))).toEqual([
    { id: 'a', type: 'next', payload: ANSWER },
    { id: 'b"', type: 'next', payload: ANSWER },
  ]);
});
