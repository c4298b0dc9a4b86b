/** How far retention by bytes is from an event: what may still be stored of its vendor before the event goes. */
import type { BytesLeftQuery, Position } from './log.ts';

export interface StoredBytes {
  position: Position;
  /** Of the event, with its part of the delivery it came in. */
  bytes: number;
}

/**
 * One for each position; undefined: more than `within`. `held`: what there is of the vendor. `oldest`: its events from the oldest on,
 * in pages; no more of them are taken than it needs.
 */
export async function bytesLeft(
  { maxBytes, within, positions }: BytesLeftQuery,
  held: number,
  oldest: AsyncIterable<readonly StoredBytes[]>,
): Promise<(number | undefined)[]> {
  const left = new Map<Position, number>();
  const wanted = [...new Set(positions)].toSorted();
  let room = maxBytes - held;
  if (room <= within && wanted.length > 0) {
    walk: for await (const page of oldest) {
      for (const { position, bytes } of page) {
        for (let next = wanted[0]; next !== undefined && next <= position; next = wanted[0]) {
          left.set(next, Math.max(0, Math.round(room)));
          wanted.shift();
        }
        room += bytes;
        if (room > within || wanted.length === 0) break walk;
      }
    }
  }
  return positions.map((position) => left.get(position));
}
