/** A vendor that sends so many deliveries a second whether or not those before are answered, and none twice. Started by `burst.ts`. */
import { setTimeout as wait } from 'node:timers/promises';
import { Pool } from 'undici';
import { STRIPE_SECRET } from './running-gateway.ts';
import { STRIPE_PATH, stripeBody, stripeHeaders } from './stripe-deliveries.ts';

export interface BurstTask {
  url: string;
  /** Begins each id. */
  name: string;
  perSecond: number;
  seconds: number;
}

export interface BurstBook {
  /** Ids answered 2xx. */
  answered: string[];
  /** Answered 503, and when to come back. */
  putOff: number;
  /** Anything else, in words. */
  faults: string[];
  /** Of those answered 2xx, from when each was due. */
  ackP99Ms: number;
}

const CONNECTIONS = 128;

async function send({ url, name, perSecond, seconds }: BurstTask): Promise<BurstBook> {
  const [answered, faults, times]: [string[], string[], number[]] = [[], [], []];
  let putOff = 0;
  await using closing = new AsyncDisposableStack();
  const pool = new Pool(url, { connections: CONNECTIONS });
  closing.defer(() => pool.close());
  const startedAt = performance.now();
  const deliver = async (number: number): Promise<void> => {
    const id = `${name}-${number}`;
    const body = stripeBody({ id });
    const headers = stripeHeaders(body, STRIPE_SECRET);
    const answer = await pool.request({ method: 'POST', path: STRIPE_PATH, headers, body }).catch(String);
    if (typeof answer === 'string') return void faults.push(answer);
    await answer.body.dump();
    if (answer.statusCode === 200) {
      answered.push(id);
      times.push(performance.now() - startedAt - (number / perSecond) * 1_000);
    } else if (answer.statusCode === 503 && answer.headers['retry-after'] !== undefined) putOff += 1;
    else faults.push(`answered ${answer.statusCode}`);
  };
  const pending: Promise<void>[] = [];
  const offered = Math.round(perSecond * seconds);
  while (pending.length < offered) {
    const due = Math.min(offered, ((performance.now() - startedAt) / 1_000) * perSecond);
    while (pending.length < due) pending.push(deliver(pending.length));
    await wait(1);
  }
  await Promise.all(pending);
  const ackP99Ms = times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? 0;
  return { answered, putOff, faults, ackP99Ms };
}

process.on('message', async (task: BurstTask) => process.send?.(await send(task)));
