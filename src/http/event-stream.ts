/**
 * A subscription as text/event-stream: "distinct connections mode" of
 * https://github.com/graphql/graphql-over-http/blob/main/rfcs/GraphQLOverSSE.md, with each cursor as the event's id, so that
 * whoever connects again goes on where it stood. yoga's own writes no ids.
 *
 * An id stands on durable positions alone: heartbeats, the last error and `complete` have none. The first thing sent is a
 * block of nothing but an id. Only two event names are used, because clients fail on any other.
 */
import { type ExecutionResult, GraphQLError } from 'graphql';
import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import { formatError, maskError } from '../graph/mask.ts';
import { answerText } from './answer-text.ts';
import type { Callers } from './caller.ts';
import { requestIdOf } from './request-id.ts';

/** Proxies close what is silent for a minute or less. */
const HEARTBEAT_MS = 12_000;
/** How long a client waits before it connects again after an end that is not its fault. */
const RETRY_MS = 1_000;

const HEADERS = { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' };

export function useEventStream(callers: Callers): Plugin {
  return {
    onResultProcess({ request, result, setResultProcessor }) {
      const caller = callers.get(request);
      if (!isAsyncIterable(result) || caller?.context?.stream === undefined) return;
      const requestId = caller.requestId;
      setResultProcessor((answers, { Response, ReadableStream }) => {
        // What was looked at above.
        const iterator = (answers as AsyncIterable<ExecutionResult>)[Symbol.asyncIterator]();
        return new Response(new ReadableStream(eventStream(iterator, requestId)), { status: 200, headers: HEADERS });
      }, 'text/event-stream');
    },
  };
}

function eventStream(iterator: AsyncIterator<ExecutionResult>, requestId = requestIdOf(null)): UnderlyingDefaultSource {
  const encoder = new TextEncoder();
  let heartbeat: NodeJS.Timeout | undefined;
  return {
    start(controller) {
      heartbeat = setInterval(() => {
        // A reader that does not read needs no signs of life.
        if ((controller.desiredSize ?? 0) > 0) controller.enqueue(encoder.encode(':\n\n'));
      }, HEARTBEAT_MS).unref();
    },
    async pull(controller) {
      const text = await nextText(iterator, requestId);
      controller.enqueue(encoder.encode(text.block));
      if (!text.isLast) return;
      clearInterval(heartbeat);
      controller.close();
    },
    async cancel() {
      clearInterval(heartbeat);
      await iterator.return?.();
    },
  };
}

const COMPLETE = 'event: complete\ndata:\n\n';

async function nextText(
  iterator: AsyncIterator<ExecutionResult>,
  requestId: string,
): Promise<{ block: string; isLast: boolean }> {
  try {
    const { value, done } = await iterator.next();
    if (done) return { block: COMPLETE, isLast: true };
    const cursor = value.extensions?.['cursor'];
    // envelop makes an answer of what a stream ends with.
    return cursor === undefined ? lastOf(value.errors ?? []) : { block: blockOf(value, String(cursor)), isLast: false };
  } catch (error) {
    // Streams mask what they end with.
    return lastOf([error instanceof GraphQLError ? error : maskError(error, requestId).error]);
  }
}

function lastOf(errors: readonly GraphQLError[]): { block: string; isLast: true } {
  const shown = errors.map(formatError);
  const retry = shown.some(({ extensions }) => extensions?.['retryable'] === true) ? `retry: ${RETRY_MS}\n` : '';
  return { block: `${retry}event: next\ndata: ${JSON.stringify({ errors: shown })}\n\n${COMPLETE}`, isLast: true };
}

function blockOf(answer: ExecutionResult, cursor: string): string {
  if (answer.data === null && !answer.errors) return `id: ${cursor}\n\n`;
  return `id: ${cursor}\nevent: next\ndata: ${answerText(answer)}\n\n`;
}
