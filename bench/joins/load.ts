/**
 * The load, a process of its own: so many connections, each sending its next request when the last is answered, until the time
 * is up or enough were sent. `POST /` takes a `Task` and answers with how many were answered; any failure is a 500.
 */
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { Pool } from 'undici';
import { serve } from './serve.ts';

export interface Task {
  url: string;
  headers: Record<string, string>;
  /** Sent in turn. */
  bodies: readonly string[];
  connections: number;
  seconds: number;
  /** Requests. */
  most: number;
}

export interface Done {
  requests: number;
  ms: number;
}

/** Connections stay open from one task to the next. */
const pools = new Map<string, Pool>();

async function run({ url, headers, bodies, connections, seconds, most }: Task): Promise<Done> {
  const { origin, pathname } = new URL(url);
  const pool = pools.get(origin) ?? new Pool(origin, { connections });
  pools.set(origin, pool);
  const startedAt = performance.now();
  const endsAt = startedAt + seconds * 1000;
  let sent = 0;
  const sendOn = async (): Promise<void> => {
    while (sent < most && performance.now() < endsAt) {
      const body = bodies[sent++ % bodies.length] ?? '';
      const answer = await pool.request({ method: 'POST', path: pathname, headers, body });
      const bytes = Buffer.from(await answer.body.arrayBuffer());
      if (answer.statusCode !== 200 || bytes.includes('"errors":['))
        throw new Error(`${url} answered ${answer.statusCode}: ${bytes.toString().slice(0, 300)}`);
    }
  };
  await Promise.all(Array.from({ length: connections }, sendOn));
  return { requests: sent, ms: performance.now() - startedAt };
}

const server = createServer(async (request, response) => {
  try {
    const done = await run(JSON.parse(await text(request)) as Task);
    response.end(JSON.stringify(done));
  } catch (error) {
    response.writeHead(500).end(error instanceof Error ? error.message : String(error));
  }
});

serve(server);
