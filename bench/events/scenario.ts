/** What the gateway is put through, each time a new one over an empty store, and what came of it. */
import { OPERATOR_KEY } from '../gateway.ts';
import { type EventGateway, startEventGateway, type Usage } from './event-gateway.ts';
import type { Programs } from './programs.ts';
import type { Sent } from './sender.ts';
import type { Engine } from './store.ts';
import type { Balance } from './subscriber.ts';

export interface Load {
  perSecond: number;
  seconds: number;
  subscribers: number;
  /** How many texts the subscribers send among them. @default 1 */
  documents?: number;
  /** Subscribers beside them that read nothing. @default 0 */
  stalled?: number;
}

export interface Outcome {
  sent: Sent;
  balance: Balance;
  usage: Usage;
}

const WARM_UP = { run: 'warm', perSecond: 500, seconds: 3 };
/** How long subscribers may still be behind when the last delivery was answered. */
const CATCH_UP_MS = 60_000;

/** So many deliveries a second, so many subscribers that want them all. */
export async function underLoad(engine: Engine, programs: Programs, load: Load): Promise<Outcome> {
  await using store = await engine.make();
  await using gateway = await startEventGateway(store);
  await warmUp(programs, gateway);
  const { subscribers: count, documents, stalled } = load;
  await programs.open({ url: gateway.url, key: OPERATOR_KEY, count, documents, stalled });
  const { result, usage } = await gateway.watch(() => exchange(programs, gateway, { run: 'load', ...load }));
  await programs.close();
  return { ...result, usage };
}

export interface Reconnection extends Outcome {
  /** From the crash until the gateway answered again, and until every subscriber stood again. */
  restartMs: number;
  resumedMs: number;
}

/** The gateway dies under its subscribers; they come back all at once while vendors go on sending. */
export async function afterCrash(engine: Engine, programs: Programs, load: Load): Promise<Reconnection> {
  await using store = await engine.make();
  await using gateway = await startEventGateway(store);
  await warmUp(programs, gateway);
  await programs.open({ url: gateway.url, key: OPERATOR_KEY, count: load.subscribers });
  await exchange(programs, gateway, { run: 'before', perSecond: 50, seconds: 1 });
  const { connections } = await programs.balance({ answered: [], timeoutMs: 0 });
  const diedAt = performance.now();
  await gateway.crash();
  const restartMs = performance.now() - diedAt;
  const { result, usage } = await gateway.watch(async () => {
    const [outcome, resumedAt] = await Promise.all([
      exchange(programs, gateway, { run: 'after', ...load }),
      standing(programs, connections + load.subscribers),
    ]);
    return { ...outcome, resumedMs: resumedAt - diedAt };
  });
  await programs.close();
  return { ...result, usage, restartMs };
}

async function warmUp(programs: Programs, gateway: EventGateway): Promise<void> {
  await programs.open({ url: gateway.url, key: OPERATOR_KEY, count: 1 });
  await exchange(programs, gateway, WARM_UP);
  await programs.close();
}

async function exchange(
  programs: Programs,
  { url }: EventGateway,
  { run, perSecond, seconds }: { run: string; perSecond: number; seconds: number },
): Promise<Pick<Outcome, 'sent' | 'balance'>> {
  await programs.begin({ run, deliveries: Math.round(perSecond * seconds) });
  const sent = await programs.send({ url, run, perSecond, seconds });
  return { sent, balance: await programs.balance({ answered: sent.answered, timeoutMs: CATCH_UP_MS }) };
}

const LOOK_EVERY_MS = 50;

async function standing(programs: Programs, connections: number): Promise<number> {
  const until = performance.now() + CATCH_UP_MS;
  while (performance.now() < until) {
    const { connections: present } = await programs.balance({ answered: [], timeoutMs: 0 });
    if (present >= connections) return performance.now();
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  return Number.NaN;
}
