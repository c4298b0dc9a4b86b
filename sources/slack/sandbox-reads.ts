/** The methods that only read. */
import type { Arguments } from './sandbox-arguments.ts';
import { type Conversation, type ConversationKind, isMember, writeConversation } from './sandbox-conversations.ts';
import { APP, TEAM } from './sandbox-identity.ts';
import { isTopLevel, isTs, type SlackMessage, withThread } from './sandbox-messages.ts';
import { type Caller, type Method, TIERS } from './sandbox-method.ts';
import { readPage } from './sandbox-paging.ts';
import { Refusal } from './sandbox-refusal.ts';
import type { SlackUser } from './sandbox-users.ts';
import type { Workspace } from './sandbox-workspace.ts';

const KINDS: readonly string[] = ['public_channel', 'private_channel', 'mpim', 'im'] satisfies ConversationKind[];

export function createReads(workspace: Workspace, now: () => number): Method[] {
  return [...createUserReads(workspace, now), ...createConversationReads(workspace), createAuthTest()];
}

function createUserReads(workspace: Workspace, now: () => number): Method[] {
  return [
    {
      name: 'users.list',
      operation: 'users',
      scope: 'users:read',
      perMinute: TIERS[2],
      call(args, caller) {
        const all = workspace.users.length;
        const page = readPage(workspace.users, args, { kind: 'user', keyOf: ({ id }) => id, defaultLimit: all });
        return {
          members: page.rows.map((user) => writeUser(user, args, caller)),
          cache_ts: Math.floor(now() / 1000),
          response_metadata: { next_cursor: page.nextCursor },
        };
      },
    },
    {
      name: 'users.info',
      operation: 'user',
      scope: 'users:read',
      perMinute: TIERS[4],
      call(args, caller) {
        const user = workspace.user(args.text('user') ?? '');
        if (user === undefined) throw new Refusal('user_not_found');
        return { user: writeUser(user, args, caller) };
      },
    },
    {
      name: 'users.lookupByEmail',
      operation: 'userByEmail',
      scope: 'users:read.email',
      perMinute: TIERS[3],
      call(args, caller) {
        const user = workspace.userByEmail(args.required('email'));
        if (user === undefined) throw new Refusal('users_not_found');
        return { user: writeUser(user, args, caller) };
      },
    },
  ];
}

/** Without users:read.email a profile has no address, and nothing says so. */
function writeUser(user: SlackUser, args: Arguments, { scopes }: Caller): Record<string, unknown> {
  const { email, ...profile } = user.profile;
  const seesEmail = scopes.includes('users:read.email') && email !== undefined;
  return {
    ...user,
    profile: seesEmail ? { ...profile, email } : profile,
    ...(args.flag('include_locale') && { locale: 'en-US' }),
  };
}

function createConversationReads(workspace: Workspace): Method[] {
  return [
    {
      name: 'conversations.list',
      operation: 'conversations',
      scope: 'channels:read',
      perMinute: TIERS[2],
      call(args) {
        const rows = filterConversations(workspace.conversations, args);
        const page = readPage(rows, args, { kind: 'team', keyOf: ({ id }) => id, defaultLimit: 100 });
        return {
          channels: page.rows.map((row) => writeConversation(row, { countMembers: true })),
          response_metadata: { next_cursor: page.nextCursor },
        };
      },
    },
    {
      name: 'conversations.info',
      operation: 'conversation',
      scope: 'channels:read',
      perMinute: TIERS[3],
      call(args) {
        const conversation = workspace.conversation(args.text('channel') ?? '');
        const written = writeConversation(conversation, { countMembers: args.flag('include_num_members') });
        return { channel: { ...written, ...(args.flag('include_locale') && { locale: 'en-US' }) } };
      },
    },
    {
      name: 'conversations.members',
      operation: 'conversationMembers',
      scope: 'channels:read',
      perMinute: TIERS[4],
      call(args) {
        const { members } = workspace.conversation(args.text('channel') ?? '');
        const page = readPage(members, args, { kind: 'user', keyOf: (id) => id, defaultLimit: 100 });
        return { members: page.rows, response_metadata: { next_cursor: page.nextCursor } };
      },
    },
    {
      name: 'conversations.history',
      operation: 'conversationHistory',
      scope: 'channels:history',
      perMinute: TIERS[3],
      call(args) {
        const conversation = readableConversation(workspace, args);
        const isWithin = readRange(args);
        const rows = conversation.messages.filter((message) => isTopLevel(message) && isWithin(message)).reverse();
        const write = (message: SlackMessage) => withThread(message, workspace.replies(conversation, message.ts));
        return {
          ...writeMessages(rows, args, { write, defaultLimit: 100, maxLimit: 999 }),
          pin_count: 0,
          channel_actions_ts: null,
          channel_actions_count: 0,
        };
      },
    },
    {
      name: 'conversations.replies',
      operation: 'conversationReplies',
      scope: 'channels:history',
      perMinute: TIERS[3],
      call(args) {
        const conversation = readableConversation(workspace, args);
        const ts = args.required('ts');
        const parent = conversation.messages.find((message) => message.ts === ts);
        if (parent === undefined) throw new Refusal('thread_not_found');
        const replies = workspace.replies(conversation, ts);
        // The message that started the thread comes whatever the range asked for.
        const rows = [parent, ...replies.filter(readRange(args))];
        const write = (message: SlackMessage) => (message === parent ? withThread(message, replies) : message);
        return writeMessages(rows, args, { write, defaultLimit: 1_000, maxLimit: 1_000 });
      },
    },
  ];
}

function filterConversations(conversations: readonly Conversation[], args: Arguments): Conversation[] {
  const kinds = (args.text('types') ?? 'public_channel').split(',').map((kind) => kind.trim());
  if (!kinds.every((kind) => KINDS.includes(kind))) throw new Refusal('invalid_types');
  const withArchived = !args.flag('exclude_archived');
  return conversations.filter(({ kind, isArchived }) => kinds.includes(kind) && (withArchived || !isArchived));
}

function readableConversation(workspace: Workspace, args: Arguments): Conversation {
  const conversation = workspace.conversation(args.text('channel') ?? '');
  if (!isMember(conversation)) throw new Refusal('not_in_channel');
  return conversation;
}

function readRange(args: Arguments): (message: SlackMessage) => boolean {
  const oldest = readBound(args.text('oldest'), 'invalid_ts_oldest') ?? 0;
  const latest = readBound(args.text('latest'), 'invalid_ts_latest') ?? Number.POSITIVE_INFINITY;
  if (args.flag('inclusive')) return ({ ts }) => Number(ts) >= oldest && Number(ts) <= latest;
  return ({ ts }) => Number(ts) > oldest && Number(ts) < latest;
}

/** Slack takes a bound with fewer decimals than a timestamp has. */
function readBound(text: string | undefined, code: string): number | undefined {
  if (text === undefined) return undefined;
  if (!isTs(text) && !/^\d{1,10}(\.\d{1,6})?$/.test(text)) throw new Refusal(code);
  return Number(text);
}

interface MessagePageOptions {
  write(message: SlackMessage): SlackMessage;
  defaultLimit: number;
  maxLimit: number;
}

/** A page of messages names the next one only when there is one. */
function writeMessages(rows: readonly SlackMessage[], args: Arguments, { write, ...limits }: MessagePageOptions) {
  const page = readPage(rows, args, { kind: 'next_ts', keyOf: ({ ts }) => ts.replace('.', ''), ...limits });
  const more = page.nextCursor !== '';
  return {
    messages: page.rows.map(write),
    has_more: more,
    ...(more && { response_metadata: { next_cursor: page.nextCursor } }),
  };
}

function createAuthTest(): Method {
  const identity = {
    url: TEAM.url,
    team: TEAM.name,
    team_id: TEAM.id,
    user: APP.name,
    user_id: APP.userId,
    bot_id: APP.botId,
  };
  return {
    name: 'auth.test',
    operation: 'authTest',
    scope: undefined,
    perMinute: 200,
    call: () => ({ ...identity, is_enterprise_install: false }),
  };
}
