/**
 * Vendors that send, a process of its own: so many deliveries a second, whether or not those before are answered. `POST /`
 * takes a `SendTask` and answers with the sender's book: what became of each. Nothing is sent twice.
 */
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { Pool } from 'undici';
import { serve } from '../joins/serve.ts';
import { nowMs, signedDelivery } from './delivery.ts';
import { Times } from './times.ts';

export interface SendTask {
  /** Of the gateway. */
  url: string;
  /** Letters and digits; another one for each run of a log. */
  run: string;
  perSecond: number;
  seconds: number;
}

export interface Sent {
  offered: number;
  /** Numbers answered 2xx. */
  answered: readonly number[];
  /** Answers with 503 and when to come back. */
  putOff: number;
  /** Neither: anything else was answered, or nothing. The first few, in words. */
  dropped: number;
  faults: readonly string[];
  /** From when a delivery was due to its 2xx, milliseconds. */
  ackP50Ms: number;
  ackP99Ms: number;
  /** How long it took until all were sent. */
  ms: number;
}

const CONNECTIONS = 128;
const TURN_MS = 1;
const FAULTS_TOLD = 3;

async function run({ url, run: name, perSecond, seconds }: SendTask): Promise<Sent> {
  await using closing = new AsyncDisposableStack();
  const pool = new Pool(url, { connections: CONNECTIONS });
  closing.defer(() => pool.close());
  const book = { answered: [] as number[], faults: [] as string[], putOff: 0 };
  const times = new Times();
  const send = async (number: number, dueMs: number): Promise<void> => {
    const { path, headers, body } = signedDelivery({ run: name, number, dueMs });
    const answer = await pool.request({ method: 'POST', path, headers, body }).catch(String);
    if (typeof answer === 'string') return void book.faults.push(answer);
    const { statusCode, headers: given } = answer;
    await answer.body.dump();
    if (statusCode === 200) {
      book.answered.push(number);
      times.add(nowMs() - dueMs);
    } else if (statusCode === 503 && given['retry-after']) book.putOff += 1;
    else book.faults.push(`answered ${statusCode}`);
  };

  const offered = Math.round(perSecond * seconds);
  const pending: Promise<void>[] = [];
  const startedAt = nowMs();
  for (let sent = 0; sent < offered; ) {
    const due = Math.min(offered, ((nowMs() - startedAt) / 1_000) * perSecond);
    for (; sent < due; sent += 1) pending.push(send(sent, startedAt + (sent / perSecond) * 1_000));
    await wait(TURN_MS);
  }
  const ms = nowMs() - startedAt;
  await Promise.all(pending);
  const { answered, faults, putOff } = book;
  const quantiles = { ackP50Ms: times.quantile(0.5), ackP99Ms: times.quantile(0.99) };
  return { offered, answered, putOff, dropped: faults.length, faults: faults.slice(0, FAULTS_TOLD), ms, ...quantiles };
}

const server = createServer(async (request, response) => {
  try {
    const sent = await run(JSON.parse(await text(request)) as SendTask);
    response.end(JSON.stringify(sent));
  } catch (error) {
    response.writeHead(500).end(error instanceof Error ? error.message : String(error));
  }
});

serve(server);
