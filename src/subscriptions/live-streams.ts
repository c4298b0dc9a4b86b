/** The streams that are open in this process: so that all can be ended, and the second of a named consumer ends the first. */
import type { StreamEndCode } from './stream-end.ts';

export interface LiveStream {
  /** With an error that carries the last good cursor. */
  end(code: StreamEndCode): void;
  /** Without one: another stream goes on in its place. */
  complete(): void;
}

export interface LiveStreams {
  readonly size: number;
  /** `consumer`: its principal and key. Returns what takes the stream out again. */
  add(stream: LiveStream, consumer?: readonly [principal: string, key: string]): () => void;
  endAll(code: StreamEndCode): void;
}

export function createLiveStreams(): LiveStreams {
  const open = new Set<LiveStream>();
  const consumers = new Map<string, LiveStream>();

  return {
    get size() {
      return open.size;
    },
    add(stream, consumer) {
      const name = JSON.stringify(consumer);
      open.add(stream);
      if (consumer !== undefined) {
        consumers.get(name)?.complete();
        consumers.set(name, stream);
      }
      return () => {
        open.delete(stream);
        if (consumers.get(name) === stream) consumers.delete(name);
      };
    },
    endAll(code) {
      for (const stream of [...open]) stream.end(code);
    },
  };
}
