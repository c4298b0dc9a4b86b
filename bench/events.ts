/**
 * Events under load: how soon a webhook is answered, which means stored, and how soon its event is with its subscribers; what a
 * burst does, a thousand subscribers of one stream, and a crash under them. SQLite and Postgres side by side.
 */
import { loadavg } from 'node:os';
import { warmUpClient } from './ask.ts';
import type { BenchOptions, Print } from './benchmark.ts';
import { startPrograms } from './events/programs.ts';
import { afterCrash, type Outcome, type Reconnection, underLoad } from './events/scenario.ts';
import { findEngines } from './events/store.ts';
import { table } from './table.ts';

const SECONDS = 60;
const STEADY = { perSecond: 1_000, subscribers: 1 };
const BURST = { perSecond: 3_000, subscribers: 1 };
const FAN_OUT = { perSecond: 100, subscribers: 1_000 };
/** Who asks in words of his own shares no answer with others, only what is read. */
const OWN_WORDS = { perSecond: 100, subscribers: 100, documents: 100 };
/** As many as the fault table has, with and without others beside them that read nothing. */
const BESIDE = { perSecond: 100, subscribers: 99 };
const STALLED = 20;
/** These need less time than the steady load to show what they show. */
const MOST_BURST_SECONDS = 10;
const MOST_FAN_OUT_SECONDS = 30;
const CRASH_SECONDS = 5;

interface Results {
  steady: Outcome;
  burst: Outcome;
  fanOut: Outcome;
  ownWords: Outcome;
  alone: Outcome;
  beside: Outcome;
  crash: Reconnection;
}

export async function runEvents({ seconds = SECONDS, rounds = 1, print }: BenchOptions): Promise<void> {
  await warmUpClient();
  const engines = await findEngines(print);
  await using programs = await startPrograms();
  const [burstSeconds, fanOutSeconds] = [MOST_BURST_SECONDS, MOST_FAN_OUT_SECONDS].map((most) =>
    Math.min(most, seconds),
  );
  for (let round = 0; round < rounds; round += 1) {
    for (const engine of engines) {
      const steady = await underLoad(engine, programs, { ...STEADY, seconds });
      const burst = await underLoad(engine, programs, { ...BURST, seconds: burstSeconds ?? seconds });
      const fanOut = await underLoad(engine, programs, { ...FAN_OUT, seconds: fanOutSeconds ?? seconds });
      const ownWords = await underLoad(engine, programs, { ...OWN_WORDS, seconds: fanOutSeconds ?? seconds });
      const alone = await underLoad(engine, programs, { ...BESIDE, seconds: fanOutSeconds ?? seconds });
      const besideLoad = { ...BESIDE, stalled: STALLED, seconds: fanOutSeconds ?? seconds };
      const beside = await underLoad(engine, programs, besideLoad);
      const crash = await afterCrash(engine, programs, { ...FAN_OUT, seconds: Math.min(CRASH_SECONDS, seconds) });
      report(engine.name, { steady, burst, fanOut, ownWords, alone, beside, crash }, print);
    }
  }
}

const HEAD = [
  '',
  'offered/s',
  'sent/s',
  'offered',
  'stored',
  'put off',
  'dropped',
  'ack p50',
  'ack p99',
  'event p50',
  'event p99',
  'received',
  'wrong',
  'RSS MB',
  'processors',
  'CPU µs/event',
];

function report(engine: string, results: Results, print: Print): void {
  const { steady, burst, fanOut, ownWords, alone, beside, crash } = results;
  const rows = [
    row('steady', STEADY.perSecond, steady),
    row('burst', BURST.perSecond, burst),
    row('1,000 subscribers', FAN_OUT.perSecond, fanOut),
    row('100 documents', OWN_WORDS.perSecond, ownWords),
    row('99 subscribers', BESIDE.perSecond, alone),
    row(`beside ${STALLED} stalled`, BESIDE.perSecond, beside),
    row('after a crash', FAN_OUT.perSecond, crash),
  ];
  const load = loadavg().map((one) => one.toFixed(1));
  print(`\n${engine}; times in milliseconds from when a delivery was due; load average ${load.join(' ')}\n`);
  print(table(HEAD, rows));
  const restart = `back after ${crash.restartMs.toFixed(0)} ms, every subscriber after ${crash.resumedMs.toFixed(0)} ms`;
  print(`\ncrash under 1,000 subscribers: ${restart}\n`);
  for (const outcome of Object.values(results)) tellFaults(outcome, print);
  for (const line of verdicts(results)) print(line);
}

function row(name: string, perSecond: number, { sent, balance, usage }: Outcome): string[] {
  const numbers = [sent.offered, sent.answered.length, sent.putOff, sent.dropped];
  const times = [sent.ackP50Ms, sent.ackP99Ms, balance.p50Ms, balance.p99Ms].map((ms) => ms.toFixed(1));
  const received = [balance.received, balance.missing + balance.doubled + balance.backwards];
  const sentPerSecond = ((sent.offered / sent.ms) * 1_000).toFixed(0);
  return [
    ...[name, String(perSecond), sentPerSecond, ...numbers.map(String), ...times, ...received.map(String)],
    ...[usage.peakMb.toFixed(0), usage.processors.toFixed(2), ((usage.cpuMs / balance.received) * 1_000).toFixed(1)],
  ];
}

function tellFaults({ sent, balance }: Outcome, print: Print): void {
  if (sent.dropped > 0) print(`dropped: ${sent.faults.join('; ')}`);
  if (balance.doubled + balance.backwards > 0)
    print(`${balance.doubled} received twice, ${balance.backwards} cursors that did not rise`);
  if (balance.refusal !== undefined)
    print(`${balance.refusals} subscriptions refused: ${balance.refusal.slice(0, 300)}`);
}

function verdicts(results: Results): string[] {
  const { steady, burst, fanOut, alone, beside, crash } = results;
  const all: Outcome[] = Object.values(results);
  const lost = all.reduce(
    (sum, { balance: { missing, doubled, backwards } }) => sum + missing + doubled + backwards,
    0,
  );
  const dropped = all.reduce((sum, { sent }) => sum + sent.dropped, 0);
  return [
    target('answered 2xx and not received, twice, or out of order: none', lost === 0, `${lost}`),
    target('stored or put off, never dropped', dropped === 0, `${dropped} dropped`),
    target('1,000 events/s: ack p50 ≤ 10 ms', steady.sent.ackP50Ms <= 10, ms(steady.sent.ackP50Ms)),
    target('1,000 events/s: ack p99 ≤ 50 ms', steady.sent.ackP99Ms <= 50, ms(steady.sent.ackP99Ms)),
    target('1,000 events/s: webhook to subscriber p99 ≤ 75 ms', steady.balance.p99Ms <= 75, ms(steady.balance.p99Ms)),
    target('burst of 3,000/s: ack p99 < 2 s', burst.sent.ackP99Ms < 2_000, ms(burst.sent.ackP99Ms)),
    target('1,000 subscribers, 100 events/s: p99 ≤ 500 ms', fanOut.balance.p99Ms <= 500, ms(fanOut.balance.p99Ms)),
    target('1,000 subscribers: RSS ≤ 250 MB', fanOut.usage.peakMb <= 250, `${fanOut.usage.peakMb.toFixed(0)} MB`),
    target(
      `${STALLED} stalled readers: p99 of the others at most 20 % more than without them`,
      beside.balance.p99Ms <= alone.balance.p99Ms * 1.2,
      `${ms(alone.balance.p99Ms)} without, ${ms(beside.balance.p99Ms)} with`,
    ),
    target('1,000 reconnects at once: all resume', crash.resumedMs > 0, `${crash.resumedMs.toFixed(0)} ms`),
  ];
}

const ms = (value: number): string => `${value.toFixed(1)} ms`;

const target = (name: string, isMet: boolean, figure: string): string =>
  `target: ${name}: ${isMet ? 'met' : 'missed'} (${figure})`;
