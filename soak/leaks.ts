/** Random documents by callers with random scopes: nothing that is forbidden may show, in the answer or in the log. */
import { runLeakSoak } from '../test/access/random/leak-run.ts';
import type { Soak } from './soak.ts';

const DOCUMENTS = 100_000;

/** Each leak was printed when it was found, with its seed. */
export const soakLeaks: Soak = async ({ count = DOCUMENTS, seed, print }) => {
  const leaks = await runLeakSoak({ queries: count, seed, print });
  return leaks.length === 0 ? [] : [`${leaks.length} leaks`];
};
