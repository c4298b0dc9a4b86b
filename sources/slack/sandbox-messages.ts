/** Messages and threads. A thread is a message and those whose `thread_ts` is its `ts`. */
import { APP, TEAM } from './sandbox-identity.ts';

export interface SlackReaction {
  name: string;
  count: number;
  users: string[];
}

export interface SlackMessage {
  type: 'message';
  ts: string;
  text: string;
  user: string;
  subtype?: string;
  thread_ts?: string;
  parent_user_id?: string;
  reactions?: SlackReaction[];
  [field: string]: unknown;
}

/** Slack timestamp of so many microseconds since the epoch. */
export function formatTs(micros: number): string {
  const digits = String(micros).padStart(16, '0');
  return `${digits.slice(0, -6)}.${digits.slice(-6)}`;
}

export function microsOf(ts: string): number {
  return Number(ts.replace('.', ''));
}

export function isTs(text: string): boolean {
  return /^\d{10}\.\d{6}$/.test(text);
}

export function createMessage(user: string, ts: string, text: string): SlackMessage {
  return { type: 'message', user, ts, text, team: TEAM.id };
}

export interface AppMessage {
  ts: string;
  text: string;
  blocks: Record<string, unknown>[] | undefined;
  attachments: Record<string, unknown>[] | undefined;
  username: string | undefined;
}

export function createAppMessage({ ts, text, blocks, attachments, username }: AppMessage): SlackMessage {
  return {
    ...createMessage(APP.userId, ts, text),
    bot_id: APP.botId,
    bot_profile: {
      id: APP.botId,
      app_id: APP.id,
      name: APP.name,
      icons: { image_36: botImage(36), image_48: botImage(48), image_72: botImage(72) },
      deleted: false,
      updated: APP.createdAt,
      team_id: TEAM.id,
    },
    ...(username !== undefined && { subtype: 'bot_message', username }),
    ...(blocks && { blocks }),
    ...(attachments && { attachments: attachments.map((attachment, index) => ({ ...attachment, id: index + 1 })) }),
  };
}

function botImage(size: number): string {
  return `https://a.slack-edge.com/80588/img/services/bot_${size}.png`;
}

/** Whether a conversation shows it outside its thread. */
export function isTopLevel(message: SlackMessage): boolean {
  return message.parent_user_id === undefined || message.subtype === 'thread_broadcast';
}

/** The message with what Slack counts about its thread; as it stands when it started none. */
export function withThread(message: SlackMessage, replies: readonly SlackMessage[]): SlackMessage {
  const last = replies.at(-1);
  if (last === undefined) return message;
  const users = [...new Set(replies.map((reply) => reply.user))];
  return {
    ...message,
    thread_ts: message.ts,
    reply_count: replies.length,
    reply_users_count: users.length,
    reply_users: users.slice(0, 5),
    latest_reply: last.ts,
    subscribed: users.includes(APP.userId),
  };
}
