/** The methods that change something. */

import type { EmulatorKit } from '../../src/sandbox/emulator.ts';
import { createRateWindow } from '../../src/sandbox/rate-window.ts';
import type { Arguments } from './sandbox-arguments.ts';
import { type Conversation, isMember, writeConversation } from './sandbox-conversations.ts';
import { APP } from './sandbox-identity.ts';
import { createAppMessage, isTs, type SlackMessage } from './sandbox-messages.ts';
import { type Method, TIERS } from './sandbox-method.ts';
import { react } from './sandbox-reactions.ts';
import { Refusal } from './sandbox-refusal.ts';
import type { Workspace } from './sandbox-workspace.ts';

const LONGEST_TEXT = 40_000;
const MOST_USERS = 8;

export function createWrites(workspace: Workspace, kit: EmulatorKit): Method[] {
  return [createPostMessage(workspace, kit), createAddReaction(workspace, kit), createOpenConversation(workspace, kit)];
}

function createPostMessage(workspace: Workspace, kit: EmulatorKit): Method {
  const perChannel = createRateWindow({ limit: kit.rateFactor, windowMs: 1_000, now: kit.now });
  return {
    name: 'chat.postMessage',
    operation: 'postMessage',
    scope: 'chat:write',
    perMinute: 600,
    call(args, { token }) {
      const conversation = postableConversation(workspace, args.required('channel'));
      const ticket = perChannel.take(`${token} ${conversation.id}`);
      if (!ticket.allowed) throw new Refusal('ratelimited', Math.max(1, Math.ceil(ticket.resetMs / 1_000)));
      const message = readMessage(workspace, conversation, args);
      conversation.messages.push(message);
      kit.recordWrite({ operation: 'postMessage', id: message.ts, data: { channel: conversation.id, ...message } });
      return { channel: conversation.id, ts: message.ts, message };
    },
  };
}

/** By id or name; a member's id means the direct message with them. */
function postableConversation(workspace: Workspace, channel: string): Conversation {
  const name = channel.replace(/^#/, '');
  const conversation =
    workspace.conversations.find((candidate) => candidate.id === channel || candidate.name === name) ??
    (workspace.user(channel) && openDirectMessage(workspace, [channel]).conversation);
  if (conversation === undefined) throw new Refusal('channel_not_found');
  if (conversation.isArchived) throw new Refusal('is_archived');
  if (!isMember(conversation)) throw new Refusal('not_in_channel');
  return conversation;
}

function readMessage(workspace: Workspace, conversation: Conversation, args: Arguments): SlackMessage {
  const blocks = args.list('blocks', 'invalid_blocks_format');
  const attachments = args.list('attachments', 'invalid_attachments');
  const text = args.text('text') ?? '';
  if (text === '' && blocks === undefined && attachments === undefined) throw new Refusal('no_text');
  if (text.length > LONGEST_TEXT) throw new Refusal('msg_too_long');
  const parent = readParent(conversation, args.text('thread_ts'));
  const message = createAppMessage({
    ts: workspace.nextTs(),
    text,
    blocks,
    attachments,
    username: args.text('username'),
  });
  if (parent === undefined) return message;
  return {
    ...message,
    thread_ts: parent.ts,
    parent_user_id: parent.user,
    ...(args.flag('reply_broadcast') && { subtype: 'thread_broadcast' }),
  };
}

function readParent({ messages }: Conversation, ts: string | undefined): SlackMessage | undefined {
  if (ts === undefined) return undefined;
  const parent = messages.find((message) => message.ts === ts);
  if (parent === undefined) throw new Refusal('thread_not_found');
  return parent;
}

function createAddReaction(workspace: Workspace, kit: EmulatorKit): Method {
  return {
    name: 'reactions.add',
    operation: 'addReaction',
    scope: 'reactions:write',
    perMinute: TIERS[3],
    call(args) {
      const name = args.text('name') ?? '';
      if (!/^[a-z0-9_+'-]+(::skin-tone-[2-6])?$/.test(name)) throw new Refusal('invalid_name');
      const conversation = workspace.conversation(args.text('channel') ?? '');
      const ts = args.text('timestamp');
      if (ts === undefined) throw new Refusal('no_item_specified');
      if (!isTs(ts)) throw new Refusal('bad_timestamp');
      const message = conversation.messages.find((candidate) => candidate.ts === ts);
      if (message === undefined) throw new Refusal('message_not_found');
      if (!react(message, name, APP.userId)) throw new Refusal('already_reacted');
      kit.recordWrite({ operation: 'addReaction', id: ts, data: { channel: conversation.id, timestamp: ts, name } });
      return {};
    },
  };
}

function createOpenConversation(workspace: Workspace, kit: EmulatorKit): Method {
  return {
    name: 'conversations.open',
    operation: 'openConversation',
    scope: 'im:write',
    perMinute: TIERS[3],
    call(args) {
      const { conversation, isNew } = findOrOpen(workspace, args);
      if (isNew) {
        const data = { channel: conversation.id, users: conversation.members };
        kit.recordWrite({ operation: 'openConversation', id: conversation.id, data });
      }
      const full = args.flag('return_im') && writeConversation(conversation, { countMembers: false });
      return { ...(!isNew && { no_op: true, already_open: true }), channel: full || { id: conversation.id } };
    },
  };
}

interface Opened {
  conversation: Conversation;
  isNew: boolean;
}

function findOrOpen(workspace: Workspace, args: Arguments): Opened {
  const channel = args.text('channel');
  if (channel !== undefined) return { conversation: workspace.conversation(channel), isNew: false };
  const users = (args.text('users') ?? '').split(',').flatMap((id) => id.trim() || []);
  if (users.length === 0) throw new Refusal('users_list_not_supplied');
  if (users.length > MOST_USERS) throw new Refusal('too_many_users');
  if (!users.every((id) => workspace.user(id))) throw new Refusal('user_not_found');
  return openDirectMessage(workspace, users);
}

function openDirectMessage(workspace: Workspace, users: readonly string[]): Opened {
  const members = [...new Set([...users, APP.userId])];
  const kind = members.length === 2 ? 'im' : 'mpim';
  const existing = workspace.conversations.find(
    (candidate) =>
      candidate.kind === kind &&
      members.every((id) => candidate.members.includes(id)) &&
      candidate.members.length === members.length,
  );
  if (existing !== undefined) return { conversation: existing, isNew: false };
  const handles = members.map((id) => workspace.user(id)?.name ?? id);
  const conversation: Conversation = {
    id: workspace.newId(kind === 'im' ? 'D' : 'G'),
    kind,
    name: kind === 'im' ? '' : `mpdm-${handles.join('--')}-1`,
    created: Math.floor(Number(workspace.nextTs())),
    creator: APP.userId,
    topic: '',
    purpose: '',
    isArchived: false,
    isGeneral: false,
    members,
    messages: [],
  };
  workspace.conversations.push(conversation);
  return { conversation, isNew: true };
}
