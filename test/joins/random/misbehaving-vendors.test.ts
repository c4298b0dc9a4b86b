/** The same queries over vendors that shuffle, double and lose rows, or fail: nobody gets what is another's. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeProof, prove, replay, type Subjects, startSubjects } from './proof.ts';
import { REGRESSIONS } from './regressions.ts';

const QUERIES = 2_500;

let subjects: Subjects;

beforeAll(async () => {
  subjects = await startSubjects();
});
afterAll(() => subjects[Symbol.asyncDispose]());

it.each([
  { behaviour: 'shuffled', how: 'rows come in another order or twice: every value is the oracle’s' },
  { behaviour: 'lossy', how: 'rows are missing or calls fail: every value is the oracle’s or null' },
] as const)('$how', { timeout: 300_000 }, async ({ behaviour }) => {
  const proof = await prove(subjects.of(behaviour), behaviour, { queries: QUERIES, seed: 20_261_102 });
  expect(proof.differences.join('\n')).toBe('');
  expect(proof.queries).toBeGreaterThanOrEqual(QUERIES);
  expect(proof.joins.asked / proof.joins.written).toBeGreaterThan(0.9);
  process.stdout.write(`${describeProof(proof)}, over ${behaviour} vendors: nothing wrong\n`);
});

it.each(REGRESSIONS)('does not come back: $was', { timeout: 60_000 }, async ({ behaviour, seed, path }) => {
  expect(await replay(subjects.of(behaviour), behaviour, seed, path)).toBeUndefined();
});
