/** What was said in the channels: messages, and replies in threads. */
import type { Random } from '../random.ts';
import type { WorldChannel, WorldCompany, WorldMessage } from '../world.ts';
import { at } from './list.ts';
import { between, DAY_MS, HOUR_MS, NOW_MS } from './moments.ts';
import { MESSAGES, REPLIES } from './words/chat.ts';

const MESSAGE_COUNT = 3_000;
const REPLY_SHARE = 0.25;
/** Nothing was said in an archived channel since then. */
const ARCHIVED_FOR_MS = 120 * DAY_MS;
/** Where nobody has said anything yet. */
const QUIET: ReadonlySet<string> = new Set(['new-leads']);

interface Draft {
  channel: WorldChannel;
  ms: number;
  personIndex: number;
  text: string;
  parent: Draft | undefined;
}

/** Chronological in each channel, channel by channel. */
export function generateMessages(
  random: Random,
  allChannels: readonly WorldChannel[],
  companies: readonly WorldCompany[],
): WorldMessage[] {
  const channels = allChannels.filter(({ name }) => !QUIET.has(name));
  const threads = new Map<WorldChannel, Draft[]>(channels.map((channel) => [channel, []]));
  const drafts: Draft[] = [];
  for (let count = 0; count < MESSAGE_COUNT; count += 1) {
    const channel = count < channels.length * 3 ? at(channels, count % channels.length) : random.pick(channels);
    const starts = threads.get(channel) ?? [];
    const draft =
      random.chance(REPLY_SHARE) && starts.length > 0
        ? reply(random, random.pick(starts))
        : start(random, channel, random.pick(companies).name);
    if (draft.parent === undefined) starts.push(draft);
    drafts.push(draft);
  }
  return stamp(random, channels, drafts);
}

function start(random: Random, channel: WorldChannel, company: string): Draft {
  const end = lastMoment(channel);
  const text = random
    .pick(MESSAGES)
    .replace('{n}', String(random.int(2, 40)))
    .replace('{company}', company);
  const ms = between(random, end - 90 * DAY_MS, end);
  return { channel, ms, personIndex: random.pick(channel.memberIndexes), text, parent: undefined };
}

function reply(random: Random, parent: Draft): Draft {
  const { channel } = parent;
  const ms = between(random, parent.ms + 1_000, Math.min(parent.ms + 30 * HOUR_MS, lastMoment(channel) + 60_000));
  return { channel, ms, personIndex: random.pick(channel.memberIndexes), text: random.pick(REPLIES), parent };
}

function lastMoment({ isArchived }: WorldChannel): number {
  return NOW_MS - (isArchived ? ARCHIVED_FOR_MS : 5 * 60_000);
}

/** Slack's ids are the moment in seconds and six digits more; a number that counts up in the channel keeps them unique. */
function stamp(random: Random, channels: readonly WorldChannel[], drafts: readonly Draft[]): WorldMessage[] {
  const byChannel = Map.groupBy(drafts, ({ channel }) => channel);
  return channels.flatMap((channel) => {
    const ordered = (byChannel.get(channel) ?? []).toSorted((left, right) => left.ms - right.ms);
    let micro = 0;
    const stamps = new Map<Draft, string>();
    for (const draft of ordered) {
      micro = (micro + random.int(1, 150)) % 1_000_000;
      stamps.set(draft, `${Math.floor(draft.ms / 1000)}.${String(micro).padStart(6, '0')}`);
    }
    return ordered.map((draft) => ({
      channelId: channel.id,
      ts: stamps.get(draft) ?? '',
      personIndex: draft.personIndex,
      text: draft.text,
      threadTs: draft.parent === undefined ? null : (stamps.get(draft.parent) ?? null),
    }));
  });
}
