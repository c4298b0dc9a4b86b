/** A real log, a hub over it, and streams: each test has its own and ends it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventFilter, EventLog, LoggedEvent } from '../../src/events/log.ts';
import { openSqliteLog } from '../../src/events/sqlite-log.ts';
import { createCursors } from '../../src/subscriptions/cursor.ts';
import { createEventHub, type EventHub, type EventHubOptions } from '../../src/subscriptions/event-hub.ts';
import {
  type EventStream,
  openStream,
  type StreamItem,
  type StreamOptions,
} from '../../src/subscriptions/event-stream.ts';
import { deliveryOf, newEvent } from '../events/delivery.ts';

export const VENDORS = ['stripe', 'zendesk', 'slack'];
export const EVERYTHING: EventFilter = VENDORS.map((vendor) => ({ vendor }));
export const ANNA = { principal: 'key:anna', field: 'events' };

export const cursors = createCursors({ keys: [{ id: 1, secret: Buffer.alloc(32, 1) }] });

export interface Streams extends AsyncDisposable {
  log: EventLog;
  hub: EventHub;
  /** How often the hub asked the log. */
  calls: { read: number; waitFor: number };
  /** Anna's, of every event, unless told otherwise. */
  open(options?: Partial<StreamOptions>): Promise<EventStream>;
  /** One event each; returns their ids. */
  append(...types: readonly string[]): Promise<string[]>;
}

export interface StreamsOptions extends Partial<Omit<EventHubOptions, 'log'>> {
  path?: string;
  /** One that stands already, and stays. */
  log?: EventLog;
  /** Stands between the hub and the log. */
  through?: (log: EventLog) => EventLog;
}

export async function openStreams({
  path,
  through = (log) => log,
  log: shared,
  ...options
}: StreamsOptions = {}): Promise<Streams> {
  const folder = path === undefined && shared === undefined ? await makeFolder() : undefined;
  const log = shared ?? (await openSqliteLog({ path: path ?? join(folder?.path ?? '', 'events.db') }));
  const calls = { read: 0, waitFor: 0 };
  const hub = createEventHub({ eventLog: counting(through(log), calls), vendors: VENDORS, ...options });
  return {
    log,
    hub,
    calls,
    open: (more) => openStream({ hub, cursors, ...ANNA, authorize: () => EVERYTHING, ...more }),
    async append(...types) {
      const appended = types.map(async (name) => {
        const [vendor = '', type = ''] = name.split(' ');
        const event = newEvent({ type });
        await log.append(deliveryOf({ vendor, events: [event] }));
        return event.eventId;
      });
      return Promise.all(appended);
    },
    async [Symbol.asyncDispose]() {
      await hub[Symbol.asyncDispose]();
      if (shared === undefined) await log[Symbol.asyncDispose]();
      await folder?.[Symbol.asyncDispose]();
    },
  };
}

/** The same log with some of its methods replaced. */
export function changed(log: EventLog, methods: Partial<EventLog>): EventLog {
  return new Proxy(log, {
    get: (target, name) => Reflect.get(name in methods ? methods : target, name, name in methods ? methods : target),
  });
}

function counting(log: EventLog, calls: Streams['calls']): EventLog {
  return changed(log, {
    read(...given) {
      calls.read++;
      return log.read(...given);
    },
    waitFor(...given) {
      calls.waitFor++;
      return log.waitFor(...given);
    },
  });
}

export async function makeFolder(): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'vendorgraph-streams-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** The next so many events, position frames left out. */
export async function take(stream: EventStream, count: number): Promise<(StreamItem & { event: LoggedEvent })[]> {
  const items: (StreamItem & { event: LoggedEvent })[] = [];
  while (items.length < count) {
    const { value } = await stream.next();
    if (value === undefined) throw new Error(`The stream completed after ${items.length} of ${count} events.`);
    if (value.event !== null) items.push({ ...value, event: value.event });
  }
  return items;
}

/** What is there now, to its end; leaves the stream. */
export async function takeAll(stream: EventStream, last: string | undefined): Promise<LoggedEvent[]> {
  const events: LoggedEvent[] = [];
  if (last === undefined) return events;
  for await (const { event } of stream) {
    if (event) events.push(event);
    if (event?.eventId === last) break;
  }
  return events;
}

export const idsOf = (items: readonly { event: LoggedEvent }[]): string[] => items.map(({ event }) => event.eventId);
