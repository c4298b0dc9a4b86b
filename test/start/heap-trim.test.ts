/** The memory of starting goes back to the system. */
import { getHeapSpaceStatistics } from 'node:v8';
import { describe, expect, it } from 'vitest';
import { trimHeap } from '../../src/cli/heap-trim.ts';

const youngMb = (): number =>
  (getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')?.space_size ?? Number.NaN) / 2 ** 20;

describe('trimming the heap', () => {
  it('shrinks the young generation that a start has grown, and leaves no gc behind', () => {
    growYoungGeneration();
    expect(youngMb()).toBeGreaterThan(8);
    trimHeap();
    expect(youngMb()).toBeLessThanOrEqual(4);
    expect(globalThis.gc).toBeUndefined();
  });
});

/** It grows by what survives: keeps a little of much. */
function growYoungGeneration(): void {
  const kept: object[] = [];
  for (let made = 0; made < 2_000_000; made += 1) kept[made % 100_000] = { made };
}
