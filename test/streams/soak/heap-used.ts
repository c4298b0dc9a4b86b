/**
 * What is on the heap of a gateway's process, garbage aside: that process has `heap-report.ts` loaded, which answers SIGUSR2 on
 * standard output.
 */
import { fileURLToPath } from 'node:url';
import type { RunningGateway } from '../running-gateway.ts';
import { until } from '../until.ts';

/** Options of Node for a process that is asked. */
export const HEAP_REPORT: readonly string[] = [
  '--expose-gc',
  '--import',
  fileURLToPath(import.meta.resolve('./heap-report.ts')),
];

const REPORT = /^heap used (\d+)$/gm;

/** MiB. */
export async function heapUsed({ pid, stdout }: RunningGateway): Promise<number> {
  const reports = (): string[] => [...stdout().matchAll(REPORT)].map(([, bytes = '']) => bytes);
  const before = reports().length;
  process.kill(pid(), 'SIGUSR2');
  await until(
    () => reports().length > before,
    () => 'The gateway told nothing of its heap.',
  );
  return Number(reports().at(-1)) / 1_048_576;
}
