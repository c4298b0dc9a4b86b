/** A vendor of our own, to answer what no decent vendor would. Remembers what it was asked, and who hung up. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type StubHandler = (request: StubRequest, response: ServerResponse) => void | Promise<void>;

export interface StubRequest {
  method: string;
  /** As sent: encoded, with the query. */
  target: string;
  headers: IncomingMessage['headers'];
  body: string;
}

export interface StubVendor extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`. */
  url: string;
  requests: StubRequest[];
  /** Requests whose client was gone before they were answered. */
  abandoned: number;
  /** Requests being answered now, and the most there ever were. */
  parallel: number;
  mostParallel: number;
  /** What is answered from now on. */
  answer(handler: StubHandler): void;
}

export async function startStubVendor(
  first: StubHandler = (_request, response) => json(response, 200, {}),
): Promise<StubVendor> {
  let handler = first;
  const stub = { requests: [] as StubRequest[], abandoned: 0, parallel: 0, mostParallel: 0 };
  const server = createServer((incoming, response) => {
    stub.parallel += 1;
    stub.mostParallel = Math.max(stub.mostParallel, stub.parallel);
    response.once('close', () => {
      stub.parallel -= 1;
      if (!response.writableFinished) stub.abandoned += 1;
    });
    void receive(incoming).then((request) => {
      stub.requests.push(request);
      return handler(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // a TCP server that listens has one
  return Object.assign(stub, {
    url: `http://127.0.0.1:${port}`,
    answer(next: StubHandler) {
      handler = next;
    },
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  });
}

async function receive(incoming: IncomingMessage): Promise<StubRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const { method = '', url: target = '', headers } = incoming;
  return { method, target, headers, body: Buffer.concat(chunks).toString() };
}

export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string | string[]> = {},
): void {
  send(response, status, JSON.stringify(body), { 'content-type': 'application/json', ...headers });
}

export function send(
  response: ServerResponse,
  status: number,
  body: string | Buffer,
  headers: Record<string, string | string[]> = {},
): void {
  response.writeHead(status, headers);
  response.end(body);
}
