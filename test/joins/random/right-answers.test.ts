/** Queries nobody thought of: what the gateway answers is what the world says, joined by hand. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { prove, type Subject, startSubject } from './proof.ts';

const QUERIES = 5_000;

let subject: Subject;

beforeAll(async () => {
  subject = await startSubject();
});
afterAll(() => subject[Symbol.asyncDispose]());

it(`answers ${QUERIES} random queries as the oracle does`, { timeout: 300_000 }, async () => {
  const { queries, differences } = await prove(subject, 'well', { queries: QUERIES, seed: 20_261_102 });
  expect(differences.join('\n')).toBe('');
  expect(queries).toBeGreaterThanOrEqual(QUERIES);
  process.stdout.write(`${queries} random queries, no difference\n`);
});
