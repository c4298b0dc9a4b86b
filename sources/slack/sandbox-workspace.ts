/** The emulator's state: members, conversations and a clock for timestamps. Copied from the world once, then changed by writes and events. */
import type { EmulatorKit } from '../../src/sandbox/emulator.ts';
import { type Conversation, createConversations } from './sandbox-conversations.ts';
import { formatTs, microsOf, type SlackMessage } from './sandbox-messages.ts';
import { Refusal } from './sandbox-refusal.ts';
import { createBotUser, createUsers, type SlackUser } from './sandbox-users.ts';

export interface Workspace {
  /** The world's people and those who joined since, without our own bot. */
  users: SlackUser[];
  conversations: Conversation[];
  /** By id, our bot included. */
  user(id: string): SlackUser | undefined;
  userByEmail(email: string): SlackUser | undefined;
  /** Refuses with channel_not_found. */
  conversation(id: string): Conversation;
  /** Replies to a message, oldest first. */
  replies(conversation: Conversation, ts: string): SlackMessage[];
  /** A timestamp later than every message so far, at the present or after it. */
  nextTs(): string;
  /** A new id, such as `C0A1B2C3D4E`. */
  newId(prefix: string): string;
}

export function createWorkspace({ world, now, random }: EmulatorKit): Workspace {
  const users = createUsers(world);
  const conversations = createConversations(world);
  const bot = createBotUser();
  let lastMicros = world.messages.reduce((latest, { ts }) => Math.max(latest, microsOf(ts)), 0);
  return {
    users,
    conversations,
    user: (id) => (id === bot.id ? bot : users.find((user) => user.id === id)),
    userByEmail: (email) => users.find(({ profile }) => profile.email?.toLowerCase() === email.toLowerCase()),
    conversation(id) {
      const conversation = conversations.find((candidate) => candidate.id === id);
      if (conversation === undefined) throw new Refusal('channel_not_found');
      return conversation;
    },
    replies: ({ messages }, ts) => messages.filter((message) => message.thread_ts === ts && message.ts !== ts),
    nextTs() {
      lastMicros = Math.max(lastMicros + 1, now() * 1_000);
      return formatTs(lastMicros);
    },
    newId: (prefix) =>
      `${prefix}0${Array.from({ length: 9 }, () =>
        Math.floor(random() * 36)
          .toString(36)
          .toUpperCase(),
      ).join('')}`,
  };
}
