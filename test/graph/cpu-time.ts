/**
 * Milliseconds of this thread's CPU that one run takes: of several rounds the best, because whatever else the machine does only
 * adds; `enough` ends it early. A round is several runs: where the system counts by ticks, one run would take none or all of one.
 */
export function cpuMsOf(run: () => void, { rounds = 8, runs = 3, enough = 0 } = {}): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds && best > enough; round += 1) {
    const before = process.threadCpuUsage();
    for (let time = 0; time < runs; time += 1) run();
    const { user, system } = process.threadCpuUsage(before);
    best = Math.min(best, (user + system) / 1_000 / runs);
  }
  return best;
}
