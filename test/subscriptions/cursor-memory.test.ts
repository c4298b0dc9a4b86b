/** How many cursors are kept that were made before, whoever they were made for. */
import { expect, it } from 'vitest';
import { createCursorMemory } from '../../src/subscriptions/cursor-memory.ts';

const EPOCH = '0123456789abcdef';

function counted() {
  let made = 0;
  return { sign: ({ position }: { position: string }) => `${++made} ${position}`, made: () => made };
}

it('makes a cursor once for streams that are a few pages apart', () => {
  const { sign, made } = counted();
  const remembered = createCursorMemory().remember(sign);
  const all = () => Array.from({ length: 200 }, (_, at) => remembered({ epoch: EPOCH, position: `${at}` }));
  expect(all()).toEqual(all());
  expect(made()).toBe(200);
  expect(remembered({ epoch: 'fedcba9876543210', position: '0' })).toBe('201 0');
});

it('keeps no more in all than its bound, however many bearers there are, and those of the busy ones', () => {
  const memory = createCursorMemory({ maxEach: 16, maxAll: 100 });
  const { sign, made } = counted();
  const busy = memory.remember(sign);
  for (let bearer = 0; bearer < 1_000; bearer++) {
    const other = memory.remember(counted().sign);
    for (let at = 0; at < 20; at++) other({ epoch: EPOCH, position: `${at}` });
    busy({ epoch: EPOCH, position: `${bearer}` });
    expect(memory.size).toBeLessThanOrEqual(100);
  }
  expect(memory.size).toBeGreaterThan(50);
  busy({ epoch: EPOCH, position: '999' });
  expect(made()).toBe(1_000);
});
