/** The last thing done to every result, those of refused requests and each of a stream included. */
import type { ExecutionResult } from 'graphql';
import { isAsyncIterable, mapAsyncIterator, type Plugin } from 'graphql-yoga';
import { type Finisher, finishResult } from '../graph/finish.ts';
import type { Callers } from './caller.ts';
import { requestIdOf } from './request-id.ts';

export function useResultFinisher(finisher: Finisher, callers: Callers): Plugin {
  return {
    onResultProcess({ request, result, setResult }) {
      const caller = callers.get(request);
      const requestId = caller?.requestId ?? requestIdOf(null);
      const end = (one: ExecutionResult) =>
        finishResult(finisher, one, { requestId, caller, context: caller?.context });
      if (isAsyncIterable(result)) setResult(mapAsyncIterator(result, end));
      else setResult(Array.isArray(result) ? result.map(end) : end(result));
    },
  };
}
