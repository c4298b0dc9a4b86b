/** The tables of multiples, and which targets are met. */
import { median } from '../median.ts';
import { table } from '../table.ts';
import type { Sample } from './contestant.ts';
import { QUESTIONS, type Question } from './question.ts';
import type { Result } from './race.ts';

const MOST_CPU: Readonly<Record<Question, number>> = { '20 rows': 2, '100 rows': 2.5, 'one read': 2 };
const MOST_MB = 200;
/** How far a larger graph may cost more or less. */
const MOST_CHANGE = 0.1;

export function describePeers(results: readonly Result[], rounds: number): string {
  const [bare] = results;
  if (!bare) return '';
  const title = `CPU time of the server for a request, milliseconds and as multiples of the bare handler's; ${rest(rounds)}`;
  return `\n${title}\n\n${describe(results, bare)}\n\n${targets(results, bare).join('\n')}\n`;
}

export function describeSizes([small, large]: readonly Result[], rounds: number): string {
  if (!small || !large) return '';
  const changes = QUESTIONS.map((question) => {
    const value = multiple(large, small, question);
    const verdict = Math.abs(value - 1) <= MOST_CHANGE ? 'met' : 'missed';
    const best = bestOf(large, question) / bestOf(small, question);
    return `target: on the larger graph, ${question} ± ${MOST_CHANGE * 100} %: ${verdict} (median ${change(value)}, best round of each ${change(best)})`;
  });
  const title = `The same on a larger graph, milliseconds and as multiples of the small one's; ${rest(rounds)}`;
  return `\n${title}\n\n${describe([small, large], small)}\n\n${changes.join('\n')}\n`;
}

function change(ratio: number): string {
  return `${((ratio - 1) * 100).toFixed(1)} %`;
}

/** What else the machine does only adds to a figure. */
function bestOf({ samples }: Result, question: Question): number {
  return Math.min(...samples[question].map(({ cpuMsPerRequest }) => cpuMsPerRequest));
}

function rest(rounds: number): string {
  return `vendor calls for a request; requests a second; resident memory after the run; medians of ${rounds} interleaved rounds`;
}

function describe(results: readonly Result[], base: Result): string {
  const head = ['', ...QUESTIONS.flatMap((question) => [question, 'ms']), 'calls', 'requests/s', 'resident MB'];
  const each = (result: Result, figure: keyof Sample) =>
    QUESTIONS.map((question) => middle(result, question, figure).toFixed()).join(' / ');
  const rows = results.map((result) => [
    result.peer.title,
    ...QUESTIONS.flatMap((question) => [
      `${multiple(result, base, question).toFixed(2)} ×`,
      middle(result, question, 'cpuMsPerRequest').toFixed(3),
    ]),
    each(result, 'callsPerRequest'),
    each(result, 'requestsPerSecond'),
    result.residentMb.toFixed(),
  ]);
  return table(head, rows);
}

/** The median of each round's own ratio. */
function multiple(result: Result, base: Result, question: Question): number {
  return median(multiples(result, base, question));
}

function multiples(result: Result, base: Result, question: Question): number[] {
  return result.samples[question].map(
    ({ cpuMsPerRequest }, round) => cpuMsPerRequest / (base.samples[question][round]?.cpuMsPerRequest ?? Number.NaN),
  );
}

function middle({ samples }: Result, question: Question, figure: keyof Sample): number {
  return median(samples[question].map((sample) => sample[figure]));
}

function targets(results: readonly Result[], bare: Result): string[] {
  const ours = results.find(({ name }) => name === 'ours');
  if (!ours) return [];
  const cpu = QUESTIONS.map((question) => {
    const [value, best] = [multiple(ours, bare, question), Math.min(...multiples(ours, bare, question))];
    const verdict = value <= MOST_CPU[question] ? 'met' : 'missed';
    return `target: ours, ${question} ≤ ${MOST_CPU[question]} ×: ${verdict} (median ${value.toFixed(2)}, best ${best.toFixed(2)})`;
  });
  const verdict = ours.residentMb <= MOST_MB ? 'met' : 'missed';
  return [...cpu, `target: ours, resident after the run ≤ ${MOST_MB} MB: ${verdict} (${ours.residentMb.toFixed()} MB)`];
}
