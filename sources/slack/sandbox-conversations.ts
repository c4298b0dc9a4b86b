/** Channels and direct messages: who is in, what was said, and how Slack writes them. */
import type { World, WorldChannel } from '../../src/sandbox/world.ts';
import { APP } from './sandbox-identity.ts';
import { createMessage, type SlackMessage } from './sandbox-messages.ts';

export type ConversationKind = 'public_channel' | 'private_channel' | 'mpim' | 'im';

export interface Conversation {
  id: string;
  kind: ConversationKind;
  name: string;
  /** Unix seconds. */
  created: number;
  creator: string;
  topic: string;
  purpose: string;
  isArchived: boolean;
  isGeneral: boolean;
  /** User ids, our app's bot included when it is in. */
  members: string[];
  /** Oldest first, replies included. */
  messages: SlackMessage[];
}

/** Our app was invited to every channel of the world. */
export function createConversations(world: World): Conversation[] {
  const userId = (index: number) => world.people[index]?.ids.slack;
  const messages = Map.groupBy(world.messages, ({ channelId }) => channelId);
  return world.channels.map((channel) => ({
    ...describe(channel),
    creator: userId(channel.creatorIndex) ?? APP.userId,
    members: [...channel.memberIndexes.flatMap((index) => userId(index) ?? []), APP.userId],
    messages: createMessages(messages.get(channel.id) ?? [], userId),
  }));
}

function describe(channel: WorldChannel): Omit<Conversation, 'creator' | 'members' | 'messages'> {
  return {
    id: channel.id,
    kind: channel.isPrivate ? 'private_channel' : 'public_channel',
    name: channel.name,
    created: Math.floor(Date.parse(channel.createdAt) / 1000),
    topic: channel.topic,
    purpose: channel.purpose,
    isArchived: channel.isArchived,
    isGeneral: channel.name === 'general',
  };
}

function createMessages(
  rows: readonly World['messages'][number][],
  userId: (index: number) => string | undefined,
): SlackMessage[] {
  const authors = new Map(rows.map(({ ts, personIndex }) => [ts, userId(personIndex) ?? APP.userId]));
  return rows
    .toSorted((left, right) => (left.ts < right.ts ? -1 : 1))
    .map(({ ts, text, threadTs }) => {
      const message = createMessage(authors.get(ts) ?? APP.userId, ts, text);
      if (threadTs === null || threadTs === ts) return message;
      return { ...message, thread_ts: threadTs, parent_user_id: authors.get(threadTs) ?? APP.userId };
    });
}

export function isMember({ members }: Conversation): boolean {
  return members.includes(APP.userId);
}

/** A list shows the number of members; conversations.info only when asked. */
export function writeConversation(conversation: Conversation, { countMembers }: { countMembers: boolean }) {
  const { id, kind, created, creator, members, messages } = conversation;
  const shared = { created, is_archived: conversation.isArchived, is_org_shared: false, is_im: kind === 'im' };
  if (kind === 'im') {
    const user = members.find((member) => member !== APP.userId) ?? APP.userId;
    return { id, ...shared, user, is_user_deleted: false, is_open: true, priority: 0 };
  }
  return {
    id,
    name: conversation.name,
    name_normalized: conversation.name,
    ...shared,
    creator,
    is_channel: kind === 'public_channel',
    is_group: kind === 'private_channel',
    is_mpim: kind === 'mpim',
    is_private: kind !== 'public_channel',
    is_general: conversation.isGeneral,
    is_member: isMember(conversation),
    is_shared: false,
    is_ext_shared: false,
    is_pending_ext_shared: false,
    unlinked: 0,
    topic: writeNote(conversation.topic, creator, created),
    purpose: writeNote(conversation.purpose, creator, created),
    previous_names: [],
    ...(isMember(conversation) && { last_read: messages.at(-1)?.ts ?? '0000000000.000000' }),
    ...(countMembers && { num_members: members.length }),
  };
}

/** A topic or purpose nobody set has no creator and no time. */
function writeNote(value: string, creator: string, at: number) {
  return value === '' ? { value, creator: '', last_set: 0 } : { value, creator, last_set: at };
}
