/** The gateway under load: as in production, with the secrets of its senders, watched, and killed like a crash. */
import { findFreePort } from '../free-port.ts';
import { startGatewayAlone } from '../gateway.ts';
import { RESEND_SECRET, STRIPE_SECRET } from './delivery.ts';
import type { Store } from './store.ts';

export interface Usage {
  /** The most it had, megabytes. */
  peakMb: number;
  /** Processors it kept busy, all threads together: 1 is a whole one. */
  processors: number;
  /** Says more than times where the machine is busy with other things. */
  cpuMs: number;
}

export interface EventGateway extends AsyncDisposable {
  /** Stays the same. */
  url: string;
  /** What it takes of the machine while `work` runs. */
  watch<Result>(work: () => Promise<Result>): Promise<{ result: Result; usage: Usage }>;
  /** Kills it and starts another over the same store; resolves when that one answers. */
  crash(): Promise<void>;
}

const LOOK_EVERY_MS = 250;

export async function startEventGateway({ env }: Store): Promise<EventGateway> {
  const port = await findFreePort();
  const secrets = { STRIPE_WEBHOOK_SECRET: STRIPE_SECRET, RESEND_WEBHOOK_SECRET: RESEND_SECRET };
  const start = () => startGatewayAlone({ ...env, ...secrets, PORT: String(port) });
  let running = await start();
  return {
    url: running.url,
    async watch(work) {
      let peakMb = running.residentMb();
      const looking = setInterval(() => {
        peakMb = Math.max(peakMb, running.residentMb());
      }, LOOK_EVERY_MS);
      const [busyMs, startedAt] = [running.cpuMs(), performance.now()];
      try {
        const result = await work();
        const cpuMs = running.cpuMs() - busyMs;
        return { result, usage: { peakMb, cpuMs, processors: cpuMs / (performance.now() - startedAt) } };
      } finally {
        clearInterval(looking);
      }
    },
    async crash() {
      process.kill(running.pid, 'SIGKILL');
      await running[Symbol.asyncDispose]();
      running = await start();
    },
    [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
  };
}
