/** Requests at a fixed pace, whether or not the ones before are answered: what many callers who know nothing of one another do. */
import { setTimeout as wait } from 'node:timers/promises';
import { Pool } from 'undici';

export interface OpenLoad {
  url: string;
  headers: Record<string, string>;
  bodies: readonly string[];
  perSecond: number;
  seconds: number;
}

export interface Answered {
  /** By HTTP status. */
  statuses: Readonly<Record<number, number>>;
  /** Of those answered 200, from the time each was due. */
  p95Ms: number;
}

/** In a body it stands for a number that no other request has, of this load or another. */
export const DISTINCT = '_DISTINCT_';

const TICK_MS = 5;

export async function runOpenLoad({ url, headers, bodies, perSecond, seconds }: OpenLoad): Promise<Answered> {
  await using closing = new AsyncDisposableStack();
  const pool = new Pool(url, { connections: 100 });
  closing.defer(() => pool.close());
  const statuses: Record<number, number> = {};
  const times: number[] = [];
  const send = async (body: string, dueAt: number): Promise<void> => {
    const { statusCode, body: answer } = await pool.request({ method: 'POST', path: '/graphql', headers, body });
    await answer.arrayBuffer();
    statuses[statusCode] = (statuses[statusCode] ?? 0) + 1;
    if (statusCode === 200) times.push(performance.now() - dueAt);
  };
  const startedAt = performance.now();
  const own = Date.now().toString(36);
  const bodyAt = (at: number) => (bodies[at % bodies.length] ?? '').replaceAll(DISTINCT, `_${own}_${at}`);
  const pending: Promise<void>[] = [];
  for (let sent = 0; sent < perSecond * seconds; ) {
    const due = ((performance.now() - startedAt) / 1000) * perSecond;
    for (; sent < due && sent < perSecond * seconds; sent += 1)
      pending.push(send(bodyAt(sent), startedAt + (sent / perSecond) * 1000));
    await wait(TICK_MS);
  }
  await Promise.all(pending);
  return { statuses, p95Ms: quantile(times, 0.95) };
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? Number.NaN;
}
