/** Row 23 of the faults, in short form: what `npm run soak -- events` does for an hour. */
import { expect, it } from 'vitest';
import { mostHeapSlope, steadyLoad } from './soak/steady-load.ts';

const MS = 6_000;

/** Memory is read as Linux shows it. */
it.runIf(process.platform === 'linux')(
  'serves a steady load for seconds without a loss and without a heap that grows',
  async () => {
    const lines: string[] = [];
    const { answered, heapSlope } = await steadyLoad({ env: {}, ms: MS, print: (line) => void lines.push(line) });
    expect(answered).toBeGreaterThan(0);
    expect(heapSlope, lines.join('\n')).toBeLessThan(mostHeapSlope(MS));
  },
  90_000,
);
