/**
 * What a process of Node keeps in memory once its garbage is gone, asked through its inspector: the process is started with
 * `NODE_OPTIONS=--inspect=127.0.0.1:0` and says on standard error where that listens.
 */
import { once } from 'node:events';
import WebSocket from 'ws';

export interface KeptMemory {
  /** Objects, and buffers outside the heap, MiB. */
  kept: number;
  /** Resident, MiB. */
  resident: number;
}

export const INSPECTED = { NODE_OPTIONS: '--inspect=127.0.0.1:0' };

export async function keptMemory(stderr: string): Promise<KeptMemory> {
  const [url] = /ws:\/\/127\.0\.0\.1:\d+\/[\w-]+/.exec(stderr) ?? [];
  if (url === undefined) throw new Error(`No inspector listens.\n${stderr}`);
  const socket = new WebSocket(url);
  await once(socket, 'open');
  try {
    // The second time for what the first one has unlinked.
    await ask(socket, 'HeapProfiler.collectGarbage');
    await ask(socket, 'HeapProfiler.collectGarbage');
    const expression = 'process.memoryUsage()';
    const { result } = (await ask(socket, 'Runtime.evaluate', { expression, returnByValue: true })) as {
      result: { value: NodeJS.MemoryUsage };
    };
    const { heapUsed, external, rss } = result.value;
    return { kept: (heapUsed + external) / 1_048_576, resident: rss / 1_048_576 };
  } finally {
    socket.close();
    await once(socket, 'close');
  }
}

let last = 0;

async function ask(socket: WebSocket, method: string, params: object = {}): Promise<unknown> {
  const id = ++last;
  socket.send(JSON.stringify({ id, method, params }));
  for (;;) {
    const [data] = await once(socket, 'message');
    const { id: answered, result, error } = JSON.parse(String(data));
    if (answered !== id) continue;
    if (error) throw new Error(`${method}: ${error.message}`);
    return result;
  }
}
