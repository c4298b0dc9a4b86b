/** Genuine webhooks, each changed in one way: none may verify. */
import { runMutants } from '../test/webhooks/mutants.ts';
import type { Soak } from './soak.ts';

const MUTANTS = 100_000;
const STEP = 10_000;

export const soakMutants: Soak = async ({ count = MUTANTS, seed, print }) => {
  const accepted: string[] = [];
  let tried = 0;
  for (let next = seed; tried < count; next += 1) {
    const report = runMutants({ count: Math.min(STEP, count - tried), seed: next });
    if (report.tried === 0) return [`seed ${next} tried nothing`];
    tried += report.tried;
    accepted.push(...report.accepted.map((what) => `seed ${next}: accepted ${what}`));
    print(`${tried} mutants, ${accepted.length} accepted`);
  }
  return accepted;
};
