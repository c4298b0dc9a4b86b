/** What `npm run soak -- events` does with a subscriber that reads nothing for a minute, in short form. */
import { it } from 'vitest';
import { stalledForLong } from './soak/stalled-for-long.ts';

/** Whether a connection is held is read as Linux shows it. */
it.runIf(process.platform === 'linux')(
  'ends subscribers that read nothing and nobody else, lets them resume whole, and cuts the connection of one that never reads again',
  () => stalledForLong({ env: {}, stalledMs: 10_000 }),
  120_000,
);
