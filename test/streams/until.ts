/** Waits for a condition, also where no test runs: the soak uses it as well. */
import { setTimeout as pause } from 'node:timers/promises';

/** Of `expect.poll`: a machine may be busy with other tests. */
export const PATIENT = { timeout: 20_000 };

/** Rejects with what `told` says when it does not come true in time. */
export async function until(isTrue: () => boolean, told: () => string, timeoutMs = 30_000): Promise<void> {
  for (const end = performance.now() + timeoutMs; !isTrue(); await pause(5)) {
    if (performance.now() > end) throw new Error(told());
  }
}
