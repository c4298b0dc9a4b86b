/** Loaded into a gateway's process by `process-figures.ts`: on SIGUSR2 it prints what that one asks for. */
import { monitorEventLoopDelay } from 'node:perf_hooks';

const RESOLUTION_MS = 10;

const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
delay.enable();

process.on('SIGUSR2', () => {
  const longestStallMs = delay.max / 1e6;
  // Node was told to have it.
  for (let round = 0; round < 2; round += 1) globalThis.gc?.();
  const heapMiB = process.memoryUsage().heapUsed / 1_048_576;
  process.stdout.write(`figures ${JSON.stringify({ heapMiB, longestStallMs })}\n`);
  // Without the stall that collecting was.
  setTimeout(() => delay.reset(), 2 * RESOLUTION_MS);
});
