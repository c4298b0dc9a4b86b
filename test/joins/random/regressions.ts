import type { Behaviour } from './proof.ts';

/** Seeds that once showed something. A new one: what a failing run prints, and what was wrong. */
export const REGRESSIONS: readonly { behaviour: Behaviour; seed: number; path: string; was: string }[] = [
  { behaviour: 'shuffled', seed: 11, path: '3', was: 'a list paged by its last id, sent in reverse' },
];
