/** Row 13 of the faults, in short form; its times are for the soak. */
import { expect, it } from 'vitest';
import { burst } from './burst.ts';

/** Memory is read as Linux shows it. */
it.runIf(process.platform === 'linux')(
  'stores or puts off every delivery of a tenfold burst, in bounded memory and without standing still, and loses none that it stored',
  async () => {
    const { offered, answered, putOff, longestStallMs, residentMiB } = await burst({ perSecond: 1_500, seconds: 2 });
    expect(answered + putOff).toBe(offered);
    expect(answered).toBeGreaterThan(100);
    // Ceilings for a machine that is busy with other things.
    expect(longestStallMs).toBeLessThan(5_000);
    expect(residentMiB).toBeLessThan(500);
  },
  90_000,
);
