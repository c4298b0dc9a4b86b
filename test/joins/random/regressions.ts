import type { Behaviour } from './proof.ts';

/**
 * Seeds that once showed something. A new one: what a failing run prints, and what was wrong. Without a path where it took the
 * queries before, as with what is compiled the second time it is asked.
 */
export const REGRESSIONS: readonly { behaviour: Behaviour; seed: number; path?: string; was: string }[] = [
  { behaviour: 'shuffled', seed: 11, path: '3', was: 'a list paged by its last id, sent in reverse' },
  { behaviour: 'well', seed: 20261102, was: 'a field that is left out, merged by compiled execution' },
];
