/** Slack channels of our own workspace, with staff and a few guests as members. */
import type { Random } from '../random.ts';
import type { WorldChannel, WorldPerson } from '../world.ts';
import { slackId } from './identifiers.ts';
import { ago, instant } from './moments.ts';
import { SHOWCASE_PERSON, STAFF_COUNT } from './people.ts';
import { CHANNELS } from './words/chat.ts';

const GENERAL = 0;
/** Shared with the showcase company; Ada and Maya are in it. */
const SHARED = 2;
const PRIVATE: ReadonlySet<string> = new Set(['deal-desk', 'finance', 'hiring', 'legal', 'people-ops']);
const ARCHIVED: ReadonlySet<string> = new Set(['migration-2025', 'books']);

export function generateChannels(random: Random, people: readonly WorldPerson[]): WorldChannel[] {
  const inSlack = people.filter(({ ids }) => ids.slack !== undefined).map(({ index }) => index);
  const staff = inSlack.filter((index) => index < STAFF_COUNT);
  const guests = inSlack.filter((index) => index >= STAFF_COUNT);
  return CHANNELS.map(({ name, topic, purpose }, index) => {
    const memberIndexes = index === GENERAL ? staff : chooseMembers(random, index, staff, guests);
    return {
      id: slackId(random, 'C'),
      name,
      topic,
      purpose,
      isPrivate: PRIVATE.has(name),
      isArchived: ARCHIVED.has(name),
      creatorIndex: random.pick(memberIndexes.filter((member) => member < STAFF_COUNT)),
      memberIndexes,
      createdAt: instant(ago(random, 1_300, 500)),
    };
  });
}

function chooseMembers(random: Random, channel: number, staff: readonly number[], guests: readonly number[]): number[] {
  const members = new Set(random.sample(staff, random.int(4, 30)));
  // Guests are in one or two channels, as their kind of account allows.
  for (const guest of channel === SHARED ? [SHOWCASE_PERSON, 0] : random.chance(0.4) ? random.sample(guests, 2) : []) {
    members.add(guest);
  }
  return [...members].toSorted((left, right) => left - right);
}
