/** Events end to end for an hour on each engine: a load with kills and one without, a thousand reconnects, a stalled reader. */
import { hasPostgres } from '../test/streams/databases.ts';
import { runEventSoak } from '../test/streams/soak/event-soak.ts';
import { part } from './part.ts';
import type { Soak } from './soak.ts';

const MINUTES = 60;
/** Of its parts beside the load, on a machine that is busy. */
const MORE_MINUTES = 20;

export const soakEvents: Soak = async ({ minutes = MINUTES, print }) => {
  for (const engine of hasPostgres ? (['sqlite', 'postgres'] as const) : (['sqlite'] as const))
    await part(`Events over ${engine}`, minutes + MORE_MINUTES, () => runEventSoak({ minutes, engine, print }));
  return [];
};
