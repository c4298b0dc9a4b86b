/** EventSource as browsers have it, in undici's version: comes back by itself. A browser sends its credential as a cookie. */
import { type Dispatcher, EventSource, getGlobalDispatcher } from 'undici';
import type { Ask } from './subscription.ts';

export interface OpenedEventSource extends Disposable {
  /** Those named `next`. */
  events: { id: string; data: string }[];
  isOpen(): boolean;
  /** It has given up. */
  isClosed(): boolean;
}

export function openEventSource(url: string, { query, key, variables = {} }: Ask): OpenedEventSource {
  const parameters = new URLSearchParams({ query, variables: JSON.stringify(variables) });
  const source = new EventSource(`${url}/graphql?${parameters}`, { node: { dispatcher: authorized(key) } });
  const events: { id: string; data: string }[] = [];
  source.addEventListener('next', (event) => {
    // What EventSource makes of a block.
    const { lastEventId: id, data } = event as MessageEvent<string>;
    events.push({ id, data });
  });
  return {
    events,
    isOpen: () => source.readyState === EventSource.OPEN,
    isClosed: () => source.readyState === EventSource.CLOSED,
    [Symbol.dispose]: () => source.close(),
  };
}

function authorized(key: string): Dispatcher {
  return getGlobalDispatcher().compose((dispatch) => (options, handler) => {
    // What EventSource hands over.
    const headers = { ...(options.headers as Record<string, string>), authorization: `Bearer ${key}` };
    return dispatch({ ...options, headers }, handler);
  });
}
