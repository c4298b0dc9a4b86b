/** Members of the workspace as Slack writes them. */
import type { World, WorldPerson } from '../../src/sandbox/world.ts';
import { APP, TEAM } from './sandbox-identity.ts';

export interface SlackProfile {
  real_name: string;
  email?: string;
  title: string;
  status_text: string;
  status_emoji: string;
  [field: string]: unknown;
}

export interface SlackUser {
  id: string;
  name: string;
  real_name: string;
  profile: SlackProfile;
  updated: number;
  [field: string]: unknown;
}

export interface NewUser {
  id: string;
  firstName: string;
  lastName: string;
  email: string | undefined;
  title: string | null;
  phone: string | null;
  timeZone: TimeZone | undefined;
  isGuest: boolean;
  /** The first of the firm owns the workspace. */
  isOwner: boolean;
  updated: number;
}

interface TimeZone {
  name: string;
  label: string;
  offset: number;
}

const TIME_ZONES: readonly TimeZone[] = [
  { name: 'Europe/Amsterdam', label: 'Central European Time', offset: 3600 },
  { name: 'America/New_York', label: 'Eastern Standard Time', offset: -18000 },
  { name: 'America/Los_Angeles', label: 'Pacific Standard Time', offset: -28800 },
  { name: 'Asia/Kolkata', label: 'India Standard Time', offset: 19800 },
];

/** Own staff are full members, everybody else is a guest. */
export function createUsers(world: World): SlackUser[] {
  return world.people.flatMap((person) => {
    const id = person.ids.slack;
    return id === undefined ? [] : [createUser(describe(person, id))];
  });
}

function describe(person: WorldPerson, id: string): NewUser {
  const isGuest = person.companyIndex !== 0;
  return {
    id,
    firstName: person.firstName,
    lastName: person.lastName,
    email: person.spelling.slack ?? person.email,
    title: person.jobTitle,
    phone: person.phone,
    // Some members never opened a client that would have told their time zone.
    timeZone: person.index % 9 === 4 ? undefined : TIME_ZONES[person.index % TIME_ZONES.length],
    isGuest,
    isOwner: !isGuest && person.index === 0,
    updated: Math.floor(Date.parse(person.updatedAt) / 1000),
  };
}

export function createUser(user: NewUser): SlackUser {
  const realName = `${user.firstName} ${user.lastName}`;
  return {
    id: user.id,
    team_id: TEAM.id,
    name: handleOf(user),
    deleted: false,
    color: (Number.parseInt(user.id.slice(-4), 36) % 0xffffff).toString(16).padStart(6, '0'),
    real_name: realName,
    tz: user.timeZone?.name ?? null,
    ...(user.timeZone && { tz_label: user.timeZone.label, tz_offset: user.timeZone.offset }),
    profile: createProfile(user, realName),
    is_admin: user.isOwner,
    is_owner: user.isOwner,
    is_primary_owner: user.isOwner,
    is_restricted: user.isGuest,
    is_ultra_restricted: false,
    is_bot: false,
    is_app_user: false,
    has_2fa: !user.isGuest,
    updated: user.updated,
  };
}

function createProfile(user: NewUser, realName: string): SlackProfile {
  const hash = user.id.toLowerCase().slice(-10);
  const image = (size: number) => `https://avatars.slack-edge.com/2026-01-02/${hash}_${size}.png`;
  return {
    title: user.title ?? '',
    phone: user.phone ?? '',
    skype: '',
    real_name: realName,
    real_name_normalized: realName,
    display_name: user.firstName,
    display_name_normalized: user.firstName,
    first_name: user.firstName,
    last_name: user.lastName,
    status_text: '',
    status_emoji: '',
    status_expiration: 0,
    avatar_hash: hash,
    image_24: image(24),
    image_48: image(48),
    image_72: image(72),
    image_192: image(192),
    image_512: image(512),
    ...(user.email !== undefined && { email: user.email }),
    ...(user.isGuest && { guest_invited_by: null, guest_expiration_ts: null }),
    team: TEAM.id,
  };
}

function handleOf({ email, firstName }: NewUser): string {
  return (email?.split('@')[0] ?? firstName).toLowerCase().replace(/[^a-z0-9._-]/g, '');
}

/** Our app's own user: a bot, without an address. */
export function createBotUser(): SlackUser {
  const user = createUser({
    id: APP.userId,
    firstName: APP.name,
    lastName: '',
    email: undefined,
    title: null,
    phone: null,
    timeZone: TIME_ZONES[0],
    isGuest: false,
    isOwner: false,
    updated: APP.createdAt,
  });
  const profile = {
    ...user.profile,
    real_name: APP.name,
    real_name_normalized: APP.name,
    last_name: '',
    bot_id: APP.botId,
  };
  return { ...user, real_name: APP.name, is_bot: true, profile: { ...profile, api_app_id: APP.id } };
}
