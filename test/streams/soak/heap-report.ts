/** Loaded into a gateway's process by `heap-used.ts`: on SIGUSR2 it collects what is garbage and prints what is left. */
process.on('SIGUSR2', () => {
  // Node was told to have it.
  for (let round = 0; round < 2; round += 1) globalThis.gc?.();
  process.stdout.write(`heap used ${process.memoryUsage().heapUsed}\n`);
});
