/** What a gateway's process knows of itself: it has `process-report.ts` loaded, which answers SIGUSR2 on standard output. */
import { fileURLToPath } from 'node:url';
import type { RunningGateway } from './running-gateway.ts';
import { until } from './until.ts';

export interface ProcessFigures {
  /** Garbage aside. */
  heapMiB: number;
  /** The longest that nothing else could be done, since it was asked before. */
  longestStallMs: number;
}

/** Options of Node for a process that is asked. */
export const REPORTING: readonly string[] = [
  '--expose-gc',
  '--import',
  fileURLToPath(import.meta.resolve('./process-report.ts')),
];

const REPORT = /^figures (.+)$/gm;

export async function processFigures({ pid, stdout }: RunningGateway): Promise<ProcessFigures> {
  const reports = (): string[] => [...stdout().matchAll(REPORT)].map(([, figures = '']) => figures);
  const before = reports().length;
  process.kill(pid(), 'SIGUSR2');
  await until(
    () => reports().length > before,
    () => 'The gateway told nothing of itself.',
  );
  return JSON.parse(reports().at(-1) ?? '');
}
