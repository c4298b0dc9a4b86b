/**
 * What a join costs: ours beside hand-written servers and other gateways, on the same two OpenAPI files, the same vendors and the
 * same questions; on a small and on a large graph; and in vendor calls. With `--peers`, the first of the three only.
 */
import { warmUpClient } from './ask.ts';
import { type BenchOptions, type Print, WrongOption } from './benchmark.ts';
import { makeBiggerGraph } from './joins/bigger-graph.ts';
import { composeGraph } from './joins/composed.ts';
import type { Contestant, Track } from './joins/contestant.ts';
import { GRAPH, startOwn } from './joins/own-process.ts';
import { PEERS, type Peer, type PeerName } from './joins/peer.ts';
import { printPeopleCalls } from './joins/people-calls.ts';
import { checkAnswers, type RaceOptions, race } from './joins/race.ts';
import { describePeers, describeSizes } from './joins/report.ts';
import type { MeasuredProcess } from './measured-process.ts';

/** Even, as many there as back. */
const ROUNDS = 10;
const SECONDS = 2;
/** So many requests are enough for a figure. */
const MOST = 3_000;
const MORE_TYPES = 5_000;

export async function runJoins({ rounds = ROUNDS, seconds = SECONDS, peers, print }: BenchOptions): Promise<void> {
  const names = namesOf(peers);
  await warmUpClient();
  await composeGraph(GRAPH);
  await using upstream = await startOwn('upstream.ts');
  await using load = await startOwn('load.ts');
  const track = { upstream, load };
  const options = { rounds, seconds, most: MOST, print };
  await racePeers(track, names, options);
  if (peers) return;
  await raceSizes(track, options);
  await printPeopleCalls(print);
}

async function racePeers(track: Track, names: readonly PeerName[], options: RaceOptions): Promise<void> {
  await using running = new AsyncDisposableStack();
  const contestants: Contestant[] = [];
  for (const name of names) {
    const peer: Peer = PEERS[name];
    const process = await startPeer(peer, track.upstream.url, options.print);
    if (process) contestants.push({ name, peer, process: running.use(process) });
  }
  await checkAnswers(contestants);
  options.print('all answer alike');
  const results = await race(track, contestants, options);
  options.print(describePeers(results, options.rounds));
}

/** Ours twice, on the benchmark's graph and on one that has thousands of types more. */
async function raceSizes(track: Track, options: RaceOptions): Promise<void> {
  const peer: Peer = PEERS.ours;
  using bigger = await makeBiggerGraph(MORE_TYPES);
  await using small = await peer.start(track.upstream.url);
  await using large = await peer.start(track.upstream.url, { GRAPH: bigger.dir });
  const contestants = [
    { name: 'small', peer: { ...peer, title: 'the graph' }, process: small },
    { name: 'large', peer: { ...peer, title: `and ${MORE_TYPES} more types` }, process: large },
  ];
  await checkAnswers(contestants);
  options.print(`\nstarted ours on both graphs`);
  options.print(describeSizes(await race(track, contestants, options), options.rounds));
}

/** A peer that cannot be installed or started is left out, and why is said. */
async function startPeer(peer: Peer, upstream: string, print: Print): Promise<MeasuredProcess | undefined> {
  try {
    await peer.prepare?.(print);
    const process = await peer.start(upstream);
    print(`started ${peer.title}`);
    return process;
  } catch (error) {
    print(`No ${peer.title} to compare with: ${error instanceof Error ? error.message : error}`);
    return undefined;
  }
}

/** In the table's order; the bare handler is always there: the others are multiples of it. */
function namesOf(peers: readonly string[] | undefined): readonly PeerName[] {
  const all = Object.keys(PEERS) as PeerName[];
  const unknown = peers?.find((name) => !Object.hasOwn(PEERS, name));
  if (unknown !== undefined) throw new WrongOption(`There is no peer "${unknown}". There are: ${all.join(', ')}.`);
  return peers ? all.filter((name) => name === 'bare' || peers.includes(name)) : all;
}
