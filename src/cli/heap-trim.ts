/**
 * Gives the memory of starting back to the system. Starting makes V8's young generation grow to its largest, 32 MB that an
 * idle gateway keeps for ever; a smaller one by flag would cost every query. `npm run bench -- startup` shows the memory.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Blocks for about 50 ms: once, when the start is over. The young generation grows anew as traffic asks for it. */
export function trimHeap(): void {
  setFlagsFromString('--expose-gc');
  const gc: (options: object) => void = runInNewContext('gc');
  // The flags are part of what the compile cache is checked against: leave them as they were.
  setFlagsFromString('--no-expose-gc');
  gc({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}
