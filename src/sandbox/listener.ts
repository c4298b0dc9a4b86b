/** One HTTP server on 127.0.0.1, ended together with its open connections. */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Listener {
  /** `http://127.0.0.1:PORT`, no trailing slash. */
  url: string;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Longer than clients keep idle connections, so that they never write to one we are just closing. */
const KEEP_ALIVE_MS = 60_000;

/** Port 0 takes a free one. A port that is taken rejects with a message naming it. */
export async function listen(port: number, handler: RequestListener): Promise<Listener> {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, handler);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(describe(error, port)));
    server.listen(port, '127.0.0.1', resolve);
  });
  const { port: actual } = server.address() as AddressInfo; // a TCP server that listens has one
  return {
    url: `http://127.0.0.1:${actual}`,
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

function describe(error: NodeJS.ErrnoException, port: number): Error {
  if (error.code !== 'EADDRINUSE') return error;
  return new Error(
    `Port ${port} is in use. Set SANDBOX_PORT to move the sandbox (vendors follow it), or to 0 for free ports.`,
    {
      cause: error,
    },
  );
}
