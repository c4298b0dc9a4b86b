/** Who writes to a log and who follows it until the end of a test, whatever befalls the store meanwhile. */
import { setImmediate as turn } from 'node:timers/promises';
import type { EventLog, LoggedEvent } from '../../src/events/log.ts';
import { batchOf } from './delivery.ts';
import { start } from './log.contract.ts';

/** Disposing resolves when it has stopped: before the log it works on is closed. */
export interface Writing extends AsyncDisposable {
  acknowledged: string[];
  refused: unknown[];
}

export interface Following extends AsyncDisposable {
  read: LoggedEvent[];
  /** Reads that failed. */
  failures(): number;
}

const WRITERS = 4;
const PAGE = 50;

/** Goes on after a refusal with another id, so that what was undecided cannot collide. */
export function writeTo(log: EventLog): Writing {
  const [acknowledged, refused]: [string[], unknown[]] = [[], []];
  const write = async (writer: number, number: number): Promise<void> => {
    const delivery = batchOf(`w${writer}-${number}`, 2);
    await log.append(delivery).then(
      () => acknowledged.push(...delivery.events.map(({ eventId }) => eventId)),
      (error: unknown) => refused.push(error),
    );
  };
  const lanes = Array.from({ length: WRITERS }, (_, writer) =>
    untilStopped((_signal, number) => write(writer, number)),
  );
  return {
    acknowledged,
    refused,
    async [Symbol.asyncDispose]() {
      await Promise.all(lanes.map((lane) => lane[Symbol.asyncDispose]()));
    },
  };
}

/** Reads as a subscriber does; a failed read is tried again from the same place. */
export function followOf(log: EventLog, vendor: string): Following {
  const read: LoggedEvent[] = [];
  let after = start(log);
  let failures = 0;
  const lane = untilStopped(async (signal) => {
    await log.waitFor(after, signal);
    const page = await log.read(after, [{ vendor }], PAGE).catch(() => undefined);
    read.push(...(page?.events ?? []));
    failures += page === undefined ? 1 : 0;
    after = page?.scannedTo ?? after;
  });
  return { read, failures: () => failures, [Symbol.asyncDispose]: () => lane[Symbol.asyncDispose]() };
}

/** A log that is closed refuses at once, without waiting for anything: each step gives others a turn, or no timer would run again. */
function untilStopped(step: (signal: AbortSignal, number: number) => Promise<void>): AsyncDisposable {
  const stop = new AbortController();
  const run = async (): Promise<void> => {
    for (let number = 0; !stop.signal.aborted; number += 1) {
      await step(stop.signal, number);
      await turn();
    }
  };
  const running = run();
  // Told by who disposes of it.
  running.catch(() => {});
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}
