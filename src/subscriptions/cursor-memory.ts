/**
 * The cursors that were made last: streams of one bearer mostly give the same events, and each would sign them anew. Bounded
 * for each bearer, and for all together: then those are forgotten first that have made nothing new for the longest.
 */
import type { Position } from '../events/log.ts';

/** Makes the cursor of a place. */
type Sign = (place: { epoch: string; position: Position }) => string;

export interface CursorMemory {
  /** Cursors that are remembered. */
  readonly size: number;
  /** The same signer, with a memory. */
  remember(sign: Sign): Sign;
}

export interface CursorMemoryOptions {
  /** Of one bearer: streams that are busy are a few pages apart. @default 256 */
  maxEach?: number;
  /** About 200 bytes each. @default 16_384 */
  maxAll?: number;
}

interface Remembered {
  epoch: string;
  byPosition: Map<string, string>;
}

export function createCursorMemory({ maxEach = 256, maxAll = 16_384 }: CursorMemoryOptions = {}): CursorMemory {
  // In the order in which they made something new.
  const bearers = new Set<Remembered>();
  let size = 0;

  const forget = (one: Remembered): void => {
    bearers.delete(one);
    size -= one.byPosition.size;
    one.byPosition.clear();
  };
  const makeRoom = (one: Remembered, epoch: string): void => {
    if (epoch !== one.epoch || one.byPosition.size === maxEach) forget(one);
    one.epoch = epoch;
    bearers.delete(one);
    for (const oldest of bearers) {
      if (size < maxAll) break;
      forget(oldest);
    }
    bearers.add(one);
  };

  return {
    get size() {
      return size;
    },
    remember(sign) {
      const one: Remembered = { epoch: '', byPosition: new Map() };
      return ({ epoch, position }) => {
        const known = epoch === one.epoch ? one.byPosition.get(position) : undefined;
        if (known !== undefined) return known;
        makeRoom(one, epoch);
        const text = sign({ epoch, position });
        one.byPosition.set(position, text);
        size++;
        return text;
      };
    },
  };
}
