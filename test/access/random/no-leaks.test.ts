/** Nobody sees what it may not, whatever it asks: random documents by callers with random scopes, held against the rules. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Tree } from '../../joins/asking.ts';
import { findLeaks, type LeakRun, startLeakRun } from './leak-run.ts';
import { EVERY_SCOPE, SCOPES } from './scoped-gateway.ts';

/** Documents with a set of scopes each. `npm run soak` goes on from another seed. */
const PAIRS = Number(process.env['VENDORGRAPH_LEAK_PAIRS'] ?? 2_400);
const SEED = Number(process.env['VENDORGRAPH_LEAK_SEED'] ?? 1);
/** For each vendor. */
const DOCUMENTS_WITHOUT_A_VENDOR = 20;
const TIMEOUT_MS = Math.max(120_000, PAIRS * 100);

let run: LeakRun;
beforeAll(async () => {
  run = await startLeakRun();
});
afterAll(() => run[Symbol.asyncDispose]());

it(`gives callers with random scopes the whole answer minus what is forbidden, in ${PAIRS} random cases`, {
  timeout: TIMEOUT_MS,
}, async () => {
  const { leaks, pairs, guarded, refused, overMcp } = await findLeaks(run, { queries: PAIRS, seed: SEED });
  expect(leaks).toEqual([]);
  // Else there would be nothing to find.
  expect(guarded).toBeGreaterThan(pairs / 2);
  expect(refused).toBeLessThan(pairs / 20);
  expect(overMcp).toBeGreaterThan(pairs / 10);
});

it('calls no vendor whose read scope the caller lacks, as the vendors themselves have counted', {
  timeout: TIMEOUT_MS,
}, async () => {
  for (const [bit, scope] of SCOPES.entries()) {
    if (scope === 'pii:read') continue;
    const vendor = scope.slice(0, -':read'.length);
    const key = run.gateway.keys[EVERY_SCOPE - (1 << bit)] ?? '';
    const before = await callsOf(vendor);
    let answered = 0;
    for (let seed = 1; seed <= DOCUMENTS_WITHOUT_A_VENDOR; seed += 1) {
      const { text, variables } = run.documentOf(seed);
      const { data } = await run.gateway.ask(text, { key, variables });
      if (data !== null) answered += 1;
    }
    expect(await callsOf(vendor), vendor).toBe(before);
    expect(answered).toBeGreaterThan(0);
  }
});

it('leaves no address and no name of anybody on record', () => {
  const { people } = run.gateway.sandbox.world;
  const recorded = run.gateway.recorded();
  expect(recorded).toContain('"fields"');
  expect(people.filter(({ email }) => recorded.toLowerCase().includes(email))).toEqual([]);
  expect(people.filter(({ firstName, lastName }) => recorded.includes(`${firstName} ${lastName}`))).toEqual([]);
});

async function callsOf(vendor: string): Promise<number> {
  const { byVendor } = (await run.gateway.control('GET', '/calls')) as Tree;
  return byVendor[vendor]?.total ?? 0;
}
