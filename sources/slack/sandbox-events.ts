/** What happens in the workspace by itself: each event changes the state first and then says so. */
import type { EmulatorKit } from '../../src/sandbox/emulator.ts';
import { type Conversation, writeConversation } from './sandbox-conversations.ts';
import { APP, TEAM } from './sandbox-identity.ts';
import { createMessage, isTopLevel, type SlackMessage } from './sandbox-messages.ts';
import { react } from './sandbox-reactions.ts';
import { createUser, type SlackUser } from './sandbox-users.ts';
import type { Workspace } from './sandbox-workspace.ts';

export type EventBody = Record<string, unknown> & { type: string };

const TEXTS = [
  'Shipping the new pricing page this afternoon, reviews welcome.',
  'Brightforge asked about their renewal again, who has the thread?',
  'The import finished without errors. Closing the incident.',
  'Standup moves to 10:15 tomorrow.',
  'Could somebody look at the failed invoice from last night?',
] as const;
const EMOJI = ['eyes', 'tada', 'white_check_mark', '+1', 'raised_hands'] as const;
const STATUSES = [
  { text: 'In a meeting', emoji: ':spiral_calendar_pad:' },
  { text: 'Out sick', emoji: ':face_with_thermometer:' },
  { text: 'Working remotely', emoji: ':house_with_garden:' },
] as const;
const NEW_NAMES = [
  ['Noor', 'Haddad'],
  ['Tomas', 'Berg'],
  ['Ines', 'Carvalho'],
] as const;

/** By event type, in Slack's own names. */
export function createEvents(workspace: Workspace, { world, random }: EmulatorKit): Record<string, () => EventBody> {
  const pick = <T>(list: readonly T[]): T => {
    const item = list[Math.floor(random() * list.length)];
    if (item === undefined) throw new RangeError('Nothing in the workspace to pick from.');
    return item;
  };
  const liveChannels = () =>
    workspace.conversations.filter(({ kind, isArchived }) => kind === 'public_channel' && !isArchived);
  const humanOf = ({ members }: Conversation) => pick(members.filter((id) => id !== APP.userId));
  const say = (conversation: Conversation, text: string): SlackMessage => {
    const message = createMessage(humanOf(conversation), workspace.nextTs(), text);
    conversation.messages.push(message);
    return message;
  };
  const spokenIn = () => pick(liveChannels().filter(({ members }) => members.some((id) => id !== APP.userId)));

  return {
    message() {
      const conversation = spokenIn();
      const message = say(conversation, pick(TEXTS));
      return { ...message, channel: conversation.id, event_ts: message.ts, channel_type: 'channel' };
    },
    app_mention() {
      const conversation = spokenIn();
      const message = say(conversation, `<@${APP.userId}> ${pick(TEXTS)}`);
      return { ...message, type: 'app_mention', channel: conversation.id, event_ts: message.ts };
    },
    member_joined_channel() {
      const conversation = pick(
        liveChannels().filter(({ members }) => workspace.users.some(({ id }) => !members.includes(id))),
      );
      const { id } = pick(workspace.users.filter((user) => !conversation.members.includes(user.id)));
      const inviter = conversation.creator;
      conversation.members.push(id);
      const shared = { user: id, team: TEAM.id, inviter, event_ts: workspace.nextTs() };
      return { type: 'member_joined_channel', channel: conversation.id, channel_type: 'C', ...shared };
    },
    reaction_added() {
      const conversation = pick(liveChannels().filter(({ messages }) => messages.some(isTopLevel)));
      const message = pick(conversation.messages.filter(isTopLevel));
      const reaction = pick(EMOJI);
      const missing = conversation.members.filter((member) => !hasReacted(message, reaction, member));
      const user = missing.length > 0 ? pick(missing) : pick(workspace.users).id;
      react(message, reaction, user);
      const item = { type: 'message', channel: conversation.id, ts: message.ts };
      return { type: 'reaction_added', user, reaction, item, item_user: message.user, event_ts: workspace.nextTs() };
    },
    channel_created() {
      const ts = workspace.nextTs();
      const conversation = createChannel(workspace, pick(workspace.users), Math.floor(Number(ts)));
      workspace.conversations.push(conversation);
      return {
        type: 'channel_created',
        channel: writeConversation(conversation, { countMembers: false }),
        event_ts: ts,
      };
    },
    team_join() {
      const ts = workspace.nextTs();
      const user = createNewHire(
        workspace,
        pick(NEW_NAMES),
        world.companies[0]?.domain ?? 'northwindlabs.com',
        Number(ts),
      );
      workspace.users.push(user);
      return { type: 'team_join', user, cache_ts: user.updated, event_ts: ts };
    },
    user_change() {
      const ts = workspace.nextTs();
      const user = pick(workspace.users);
      const status = pick(STATUSES.filter(({ text }) => text !== user.profile.status_text));
      user.profile = { ...user.profile, status_text: status.text, status_emoji: status.emoji };
      user.updated = Math.floor(Number(ts));
      return { type: 'user_change', user, cache_ts: user.updated, event_ts: ts };
    },
  };
}

function hasReacted({ reactions = [] }: SlackMessage, name: string, user: string): boolean {
  return reactions.some((reaction) => reaction.name === name && reaction.users.includes(user));
}

/** Our app is not in it: nobody invited it yet. */
function createChannel(workspace: Workspace, creator: SlackUser, created: number): Conversation {
  return {
    id: workspace.newId('C'),
    kind: 'public_channel',
    name: `project-${workspace.conversations.length + 1}`,
    created,
    creator: creator.id,
    topic: '',
    purpose: '',
    isArchived: false,
    isGeneral: false,
    members: [creator.id],
    messages: [],
  };
}

function createNewHire(workspace: Workspace, name: readonly [string, string], domain: string, at: number): SlackUser {
  const [firstName, lastName] = name;
  return createUser({
    id: workspace.newId('U'),
    firstName,
    lastName,
    email: `${firstName}.${lastName}.${workspace.users.length + 1}@${domain}`.toLowerCase(),
    title: null,
    phone: null,
    timeZone: undefined,
    isGuest: false,
    isOwner: false,
    updated: Math.floor(at),
  });
}
