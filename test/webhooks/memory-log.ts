/** A place for deliveries that a test can hold shut or break. Keeps the log's promise about duplicates, not about power cuts. */
import type { Delivery } from '../../src/events/delivery.ts';
import type { Appended, AppendedEvent, EventLog } from '../../src/events/log.ts';

export interface MemoryLog extends Pick<EventLog, 'append'> {
  stored: Delivery[];
  /** Calls of `append` that have not been answered. */
  waiting: number;
  /** What comes now waits until the returned function is called. */
  hold(): () => void;
  /** While set, every `append` rejects with it. */
  failure: Error | undefined;
}

export function createMemoryLog(): MemoryLog {
  const known = new Map<string, string>();
  let gate = Promise.resolve();
  const outcomeOf = ({ vendor, events }: Delivery): AppendedEvent[] =>
    events.map(({ dedupeKeys, bodySha256 }) => {
      const names = dedupeKeys.map(({ key }) => `${vendor} ${key}`);
      const earlier = names.map((name) => known.get(name)).find((hash) => hash !== undefined);
      if (earlier !== undefined) return { outcome: earlier === bodySha256 ? 'duplicate' : 'conflict', position: null };
      for (const name of names) known.set(name, bodySha256);
      return { outcome: 'stored', position: '00' };
    });
  const log: MemoryLog = {
    stored: [],
    waiting: 0,
    failure: undefined,
    hold() {
      const { promise, resolve } = Promise.withResolvers<void>();
      gate = promise;
      return resolve;
    },
    async append(delivery): Promise<Appended> {
      log.waiting += 1;
      await gate;
      log.waiting -= 1;
      if (log.failure !== undefined) throw log.failure;
      log.stored.push(delivery);
      return { events: outcomeOf(delivery) };
    },
  };
  return log;
}
