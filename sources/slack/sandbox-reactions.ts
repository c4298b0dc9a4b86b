/** Emoji on messages. */
import type { SlackMessage } from './sandbox-messages.ts';

/** False when this member already put this emoji on the message. */
export function react(message: SlackMessage, name: string, user: string): boolean {
  message.reactions ??= [];
  const reaction = message.reactions.find((candidate) => candidate.name === name);
  if (reaction === undefined) {
    message.reactions.push({ name, users: [user], count: 1 });
    return true;
  }
  if (reaction.users.includes(user)) return false;
  reaction.users.push(user);
  reaction.count += 1;
  return true;
}
