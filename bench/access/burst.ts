/**
 * What one client's burst does to another's times: a frontend's p95 while somebody else asks for far more, over its quota and
 * within it. The control is the same burst to another process on the same cores, one that
 * refuses everything or another gateway: what the machine makes of it by itself.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { startOwn } from '../joins/own-process.ts';
import { PEERS, type Peer } from '../joins/peer.ts';
import { bodiesOf } from '../joins/question.ts';
import type { MeasuredProcess } from '../measured-process.ts';
import { median } from '../median.ts';
import { type Answered, DISTINCT } from '../open-load.ts';
import { runOpenLoadApart } from '../open-load-process.ts';
import { table } from '../table.ts';

/** Seconds of the frontend's load; the burst begins before and ends after. */
const SECONDS = 3;
const BURST_SECONDS = SECONDS + 2;
/** How far a p95 may be above the control's and still be the same: as in the other reports, and never less than the clock's ticks. */
const MOST_CHANGE = 0.1;
const TICK_MS = 1;

const OURS: Peer = PEERS.ours;

interface Caller {
  key: string;
  perSecond: number;
  /** Each request with a document that nobody has sent before. */
  isAdHoc?: boolean;
}

const CALM: Caller = { key: 'vg_demo_frontend', perSecond: 100 };

interface Burst extends Caller {
  title: string;
  /** Where the control's goes. */
  startControl(upstreamUrl: string): Promise<MeasuredProcess>;
}

const BURSTS: readonly Burst[] = [
  {
    ...{ title: 'over its quota', key: 'vg_demo_agent', perSecond: 1_000 },
    startControl: () => startOwn('refusing.ts'),
  },
  {
    ...{ title: 'within its quota, each document new', key: 'vg_demo_app', perSecond: 300, isAdHoc: true },
    startControl: OURS.start,
  },
];

export async function describeBursts(url: string, upstreamUrl: string, rounds: number): Promise<string> {
  const results: Result[] = [];
  for (const burst of BURSTS) results.push(await measure(burst, url, upstreamUrl, rounds));
  const cells = results.map(({ burst, alone, beside, elsewhere, wild }) => [
    `${burst.perSecond} a second, ${burst.title}`,
    ...[alone, beside, elsewhere].map((times) => median(times).toFixed(1)),
    Object.entries(wild.statuses)
      .map(([status, count]) => `${count} × ${status}`)
      .join(', '),
  ]);
  const head = ['burst beside it', 'alone', 'beside', 'control', 'the burst is answered'];
  const title = `p95 of a frontend at ${CALM.perSecond} a second, milliseconds; medians of ${rounds} rounds; control: the same burst to another process on the same cores`;
  return `\n${title}\n\n${table(head, cells)}\n\n${results.map(target).join('\n')}\n`;
}

interface Result {
  burst: Burst;
  /** p95 of each round. */
  alone: number[];
  beside: number[];
  elsewhere: number[];
  /** Of the last round. */
  wild: Answered;
}

async function measure(burst: Burst, url: string, upstreamUrl: string, rounds: number): Promise<Result> {
  await using control = await burst.startControl(upstreamUrl);
  const result: Result = { burst, alone: [], beside: [], elsewhere: [], wild: { statuses: {}, p95Ms: Number.NaN } };
  const calm = async () => (await runOpenLoadApart(loadOf(CALM, url, SECONDS))).p95Ms;
  const besideBurst = async (target: string) => {
    const running = runOpenLoadApart(loadOf(burst, target, BURST_SECONDS));
    await wait(500);
    return { p95Ms: await calm(), wild: await running };
  };
  for (let round = 0; round < rounds; round += 1) {
    result.alone.push(await calm());
    result.elsewhere.push((await besideBurst(control.url)).p95Ms);
    const { p95Ms, wild } = await besideBurst(url);
    result.beside.push(p95Ms);
    result.wild = wild;
  }
  return result;
}

function loadOf({ key, perSecond, isAdHoc = false }: Caller, url: string, seconds: number) {
  const bodies = bodiesOf('one read', OURS.fields);
  return {
    ...{ url, perSecond, seconds },
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    bodies: isAdHoc ? bodies.map((body) => body.replaceAll('Read', `Read${DISTINCT}`)) : bodies,
  };
}

function target({ burst, beside, elsewhere }: Result): string {
  const [value, control] = [median(beside), median(elsewhere)];
  const verdict = value <= control * (1 + MOST_CHANGE) + TICK_MS ? 'met' : 'missed';
  const figures = `${value.toFixed(1)} ms, control ${control.toFixed(1)} ms`;
  return `target: p95 beside a burst ${burst.title}, at most the control's + ${MOST_CHANGE * 100} % + ${TICK_MS} ms: ${verdict} (${figures})`;
}
