/** HubSpot owners, who are our Zendesk agents and Cal.com hosts as well: the first people of the world. */
import type { Random } from '../random.ts';
import type { WorldOwner } from '../world.ts';
import { createSequence } from './identifiers.ts';

/** Owner n is person n, so that an owner's index and a person's cannot be mixed up to any effect. */
export const OWNER_COUNT = 12;

export function generateOwners(random: Random): WorldOwner[] {
  const hubspotId = createSequence(random, 76_000_000, 900_000);
  const hubspotUserId = createSequence(random, 51_000_000, 90_000);
  const zendeskId = createSequence(random, 370_001_000_000, 9_000);
  return Array.from({ length: OWNER_COUNT }, (_, index) => ({
    index,
    personIndex: index,
    hubspotId: String(hubspotId()),
    hubspotUserId: hubspotUserId(),
    zendeskId: zendeskId(),
  }));
}
