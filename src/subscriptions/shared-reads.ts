/**
 * Lets a few readers at a time at the log, first come first served: after a restart a thousand come back at once. Those that
 * want the same page at the same time get the same one.
 */
import type { EventPage } from '../events/log.ts';
import type { ReadPage } from './page-reader.ts';

/** `atOnce`: reads that run at the same time. `room`: resolves when there is any for one more page. */
export function createSharedReads(readPage: ReadPage, room: () => Promise<void>, atOnce = 4): ReadPage {
  const shared = new Map<string, Promise<EventPage>>();
  const queue: (() => void)[] = [];
  let running = 0;

  const admitted = async (): Promise<void> => {
    if (running < atOnce) running++;
    else await new Promise<void>((resolve) => queue.push(resolve));
  };
  const leave = (): void => {
    const next = queue.shift();
    if (next) next();
    else running--;
  };

  return (after, interest) => {
    const name = `${after} ${interest.key}`;
    const known = shared.get(name);
    if (known) return known;
    const read = admitted()
      .then(() =>
        room()
          .then(() => readPage(after, interest))
          .finally(leave),
      )
      .finally(() => shared.delete(name));
    shared.set(name, read);
    return read;
  };
}
