/**
 * What it costs that not everybody may do everything: authentication, scopes, limits, quota and record together, as CPU time
 * for each request over the same gateway without them, on the questions of the joins benchmark.
 */
import { describeBursts } from './access/burst.ts';
import { warmUpClient } from './ask.ts';
import type { BenchOptions } from './benchmark.ts';
import { startFlags } from './gateway.ts';
import { composeGraph } from './joins/composed.ts';
import { GRAPH, startOwn } from './joins/own-process.ts';
import { PEERS, type Peer } from './joins/peer.ts';
import { QUESTIONS } from './joins/question.ts';
import { checkAnswers, type Result, race } from './joins/race.ts';
import { median } from './median.ts';
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
  print(await describeBursts(ours.url, upstream.url, rounds));
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
