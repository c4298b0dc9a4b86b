/** Queries nobody thought of: what the gateway answers is what the world says, joined by hand. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeProof, prove, type Subject, startSubject } from './proof.ts';

const QUERIES = 5_000;

let subject: Subject;

beforeAll(async () => {
  subject = await startSubject();
});
afterAll(() => subject[Symbol.asyncDispose]());

it(`answers ${QUERIES} random queries as the oracle does`, { timeout: 300_000 }, async () => {
  const proof = await prove(subject, 'well', { queries: QUERIES, seed: 20_261_102 });
  expect(proof.differences.join('\n')).toBe('');
  expect(proof.queries).toBeGreaterThanOrEqual(QUERIES);
  expect(proof.joins.asked / proof.joins.written).toBeGreaterThan(0.9);
  process.stdout.write(`${describeProof(proof)}: no difference\n`);
});
