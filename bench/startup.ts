/**
 * Start-up and memory, beside `mesh start` over the same eight descriptions. Every round starts each program once, one after
 * the other, so that what else the machine does meets them all; the table has the medians.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { readOperationFiles } from '../src/graph/operation-files.ts';
import { ask, warmUpClient } from './ask.ts';
import type { BenchOptions } from './benchmark.ts';
import { COLD, ROOT } from './environment.ts';
import { OPERATOR_KEY, startGatewayAlone, startGatewayWithSandbox } from './gateway.ts';
import type { MeasuredProcess } from './measured-process.ts';
import { median } from './median.ts';
import { prepareMesh, startMesh } from './mesh-peer.ts';
import { startSandboxAlone } from './sandbox.ts';
import { table } from './table.ts';

const ROUNDS = 5;
/** Between being ready and being called idle. */
const SETTLE_MS = 3_000;

const FIGURES = ['ready', 'cpu', 'answered', 'idle', 'used'] as const;
/** Milliseconds until ready and of CPU until then, milliseconds until the first answer, megabytes idle and after a query. */
type Sample = Partial<Record<(typeof FIGURES)[number], number>>;

interface Subject {
  name: string;
  measure(): Promise<Sample>;
  /** Whose figures are set beside its own. */
  peer?: string;
}

const SUBJECTS: readonly Subject[] = [
  {
    name: 'gateway',
    measure: () => measure(startGatewayAlone(), { answer: askGateway, settle: true }),
    peer: 'mesh start',
  },
  {
    name: 'gateway, cold',
    measure: () => measure(startGatewayAlone(COLD), { answer: askGateway }),
    peer: 'mesh start, cold',
  },
  { name: 'npm start', measure: () => measure(startGatewayWithSandbox(), { settle: true, use: askCustomer360 }) },
  { name: 'npm start, cold', measure: () => measure(startGatewayWithSandbox(COLD)) },
  { name: 'sandbox', measure: () => measure(startSandboxAlone(), { settle: true }) },
  { name: 'sandbox, cold', measure: () => measure(startSandboxAlone(COLD)) },
];

const PEERS: readonly Subject[] = [
  { name: 'mesh start', measure: () => measure(startMesh(), { answer: async () => {}, settle: true }) },
  { name: 'mesh start, cold', measure: () => measure(startMesh(COLD), { answer: async () => {} }) },
];

interface Course<Process> {
  /** The first answer; nothing to do where being ready is having answered. */
  answer?(process: Process): Promise<unknown>;
  settle?: boolean;
  use?(process: Process): Promise<unknown>;
}

export async function runStartup({ rounds = ROUNDS, print }: BenchOptions): Promise<void> {
  await warmUpClient();
  const subjects = (await prepareMesh(print)) ? [...SUBJECTS, ...PEERS] : SUBJECTS;
  // Not counted: leaves the compiled code behind that a warm start finds.
  for (const { measure } of subjects) await measure();
  const samples = new Map(subjects.map(({ name }): [string, Sample[]] => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const { name, measure } of subjects) samples.get(name)?.push(await measure());
  }
  print(`\nStart-up, medians of ${rounds} interleaved rounds; times from spawning the process\n`);
  print(describe(subjects, samples));
  print(`\n${targets(samples).join('\n')}\n`);
}

async function measure<Process extends MeasuredProcess>(
  starting: Promise<Process>,
  course: Course<Process> = {},
): Promise<Sample> {
  await using process = await starting;
  const sample: Sample = { ready: process.elapsedMs(), cpu: process.cpuMs() };
  if (course.answer) {
    await course.answer(process);
    sample.answered = process.elapsedMs();
  }
  if (course.settle) {
    await wait(SETTLE_MS);
    sample.idle = process.residentMb();
  }
  if (course.use) {
    await course.use(process);
    sample.used = process.residentMb();
  }
  return sample;
}

function askGateway({ url }: MeasuredProcess): Promise<unknown> {
  return ask(url, '{ __typename }', { key: OPERATOR_KEY });
}

async function askCustomer360({ url, key }: Awaited<ReturnType<typeof startGatewayWithSandbox>>): Promise<unknown> {
  const operation = readOperationFiles(ROOT).find(({ name }) => name === 'customer-360');
  if (!operation) throw new Error('Found no schema/operations/customer-360.graphql.');
  return ask(url, operation.text, { key });
}

function describe(subjects: readonly Subject[], samples: ReadonlyMap<string, readonly Sample[]>): string {
  const rows = subjects.map(({ name, peer }) => [
    name,
    ...FIGURES.map((figure) => number(middle(samples, name, figure))),
    ...(['answered', 'idle'] as const).map((figure) => ratio(samples, name, peer, figure)),
  ]);
  const head = [
    '',
    'ready ms',
    'CPU ms',
    'first answer ms',
    'idle MB',
    'after a query MB',
    'faster than mesh',
    'smaller than mesh',
  ];
  return table(head, rows);
}

function middle(samples: ReadonlyMap<string, readonly Sample[]>, name: string, figure: keyof Sample): number {
  return median((samples.get(name) ?? []).flatMap((sample) => sample[figure] ?? []));
}

/** The median of each round's own ratio. */
function ratio(
  samples: ReadonlyMap<string, readonly Sample[]>,
  name: string,
  peer: string | undefined,
  figure: keyof Sample,
): string {
  const others = samples.get(peer ?? '') ?? [];
  const ratios = (samples.get(name) ?? []).map(
    (sample, round) => (others[round]?.[figure] ?? Number.NaN) / (sample[figure] ?? Number.NaN),
  );
  const value = median(ratios);
  return Number.isNaN(value) ? '' : `${value.toFixed(1)} ×`;
}

function targets(samples: ReadonlyMap<string, readonly Sample[]>): string[] {
  const target = (name: string, figure: keyof Sample, most: number, unit: string) => {
    const values = (samples.get(name) ?? []).flatMap((sample) => sample[figure] ?? []);
    const verdict = median(values) <= most ? 'met' : 'missed';
    const what = figure === 'idle' ? 'idle memory' : 'ready';
    return `target: ${name} ${what} ≤ ${number(most)} ${unit}: ${verdict} (median ${number(median(values))}, best ${number(Math.min(...values))})`;
  };
  return [
    target('gateway', 'ready', 1_000, 'ms'),
    target('gateway, cold', 'ready', 1_000, 'ms'),
    target('gateway', 'idle', 130, 'MB'),
    target('npm start', 'idle', 130, 'MB'),
    target('sandbox', 'ready', 1_500, 'ms'),
    target('sandbox, cold', 'ready', 1_500, 'ms'),
  ];
}

function number(value: number): string {
  return Number.isNaN(value) ? '' : Math.round(value).toLocaleString('en');
}
