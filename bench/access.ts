/**
 * What it costs that not everybody may do everything: authentication, scopes, limits, quota and record together, as CPU time
 * for each request over the same gateway without them, on the questions of the joins benchmark.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { warmUpClient } from './ask.ts';
import type { BenchOptions } from './benchmark.ts';
import { startFlags } from './gateway.ts';
import { composeGraph } from './joins/composed.ts';
import { GRAPH, startOwn } from './joins/own-process.ts';
import { PEERS, type Peer } from './joins/peer.ts';
import { bodiesOf, QUESTIONS } from './joins/question.ts';
import { checkAnswers, type Result, race } from './joins/race.ts';
import { median } from './median.ts';
import type { Answered } from './open-load.ts';
import { runOpenLoadApart } from './open-load-process.ts';
import { table } from './table.ts';

const ROUNDS = 8;
const SECONDS = 2;
const MOST = 5_000;
/** Microseconds of CPU time a request may cost more. */
const MOST_MORE = 120;

const OURS: Peer = PEERS.ours;
const WITHOUT: Peer = {
  ...OURS,
  title: 'without access control',
  start: (upstream) => startOwn('plain.ts', { UPSTREAM: upstream, GRAPH }, startFlags()),
};

export async function runAccess({ rounds = ROUNDS, seconds = SECONDS, print }: BenchOptions): Promise<void> {
  await warmUpClient();
  await composeGraph(GRAPH);
  await using upstream = await startOwn('upstream.ts');
  await using load = await startOwn('load.ts');
  await using without = await WITHOUT.start(upstream.url);
  await using ours = await OURS.start(upstream.url);
  const contestants = [
    { name: 'without', peer: WITHOUT, process: without },
    { name: 'ours', peer: OURS, process: ours },
  ];
  await checkAnswers(contestants);
  const results = await race({ upstream, load }, contestants, { rounds, seconds, most: MOST, print });
  print(describe(results, rounds));
  print(await describeBurst(ours.url, rounds));
}

const CALM = { key: 'vg_demo_frontend', perSecond: 100 };
const WILD = { key: 'vg_demo_agent', perSecond: 1_000 };
const BURST_SECONDS = 3;

/**
 * A frontend's times while an agent asks for far more than its quota, beside its times alone; and while the same burst meets a
 * process that refuses everything: what the machine, whose cores they share, makes of it by itself.
 */
async function describeBurst(url: string, rounds: number): Promise<string> {
  await using refusing = await startOwn('refusing.ts');
  const loadOf = ({ key, perSecond }: typeof CALM, target = url, seconds = BURST_SECONDS) => ({
    ...{ url: target, perSecond, seconds },
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    bodies: bodiesOf('one read', OURS.fields),
  });
  const calm = async () => (await runOpenLoadApart(loadOf(CALM))).p95Ms;
  /** The burst begins before and ends after. */
  const besideBurst = async (target: string) => {
    const burst = runOpenLoadApart(loadOf(WILD, target, BURST_SECONDS + 2));
    await wait(500);
    return { p95Ms: await calm(), burst: await burst };
  };
  const times = { alone: [] as number[], beside: [] as number[], elsewhere: [] as number[] };
  let wild: Answered | undefined;
  for (let round = 0; round < rounds; round += 1) {
    times.alone.push(await calm());
    times.elsewhere.push((await besideBurst(refusing.url)).p95Ms);
    const { p95Ms, burst } = await besideBurst(url);
    times.beside.push(p95Ms);
    wild = burst;
  }
  const [alone, beside, elsewhere] = [times.alone, times.beside, times.elsewhere].map((one) => median(one).toFixed(1));
  const answered = Object.entries(wild?.statuses ?? {}).map(([status, count]) => `${count} × ${status}`);
  return [
    `A frontend at ${CALM.perSecond} a second, p95: ${alone} ms alone, ${beside} ms beside an agent at ${WILD.perSecond} a second`,
    `(answered ${answered.join(', ')}), ${elsewhere} ms while that agent asks another process on the same cores.\n`,
  ].join(' ');
}

function describe([without, ours]: readonly Result[], rounds: number): string {
  if (!without || !ours) return '';
  const rows = QUESTIONS.map((question) => {
    const [base, whole] = [without, ours].map(({ samples }) =>
      samples[question].map(({ cpuMsPerRequest }) => cpuMsPerRequest * 1000),
    ) as [number[], number[]];
    const more = median(whole.map((value, round) => value - (base[round] ?? Number.NaN)));
    const best = Math.min(...whole) - Math.min(...base);
    return { question, base: median(base), whole: median(whole), more, best };
  });
  const title = `CPU time for a request, microseconds; medians of ${rounds} interleaved rounds`;
  const cells = rows.map(({ question, base, whole, more, best }) => [
    question,
    ...[base, whole, more, best].map((value) => value.toFixed(0)),
  ]);
  const most = Math.max(...rows.map(({ more }) => more));
  const verdict = most <= MOST_MORE ? 'met' : 'missed';
  const head = ['', 'without', 'with', 'more', 'best of each'];
  return `\n${title}\n\n${table(head, cells)}\n\ntarget: at most ${MOST_MORE} µs more: ${verdict} (${most.toFixed(0)} µs)\n`;
}
