/** Slack's own client and verifier against the emulator. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { verifySlackRequest } from '@slack/bolt';
import { LogLevel, WebClient } from '@slack/web-api';
import { describe, expect, it } from 'vitest';
import { READ_ONLY_TOKEN } from '../../sources/slack/sandbox-identity.ts';
import { signRequest } from '../../sources/slack/sandbox-signature.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';

const startSlack = (options: { rateFactor?: number; webhookBaseUrl?: string } = {}) =>
  startSandbox({ vendors: ['slack'], ...options });

function connect(sandbox: Sandbox, token = sandbox.credentials.slack?.['token']): WebClient {
  return new WebClient(token, {
    slackApiUrl: `${sandbox.urls.slack}/api/`,
    logLevel: LogLevel.ERROR,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
  });
}

const control = async (
  sandbox: Sandbox,
  method: string,
  path: string,
  body?: unknown,
): Promise<Record<string, unknown>> => {
  const response = await fetch(sandbox.controlUrl + path, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return (await response.json()) as Record<string, unknown>;
};

/** All rows of a paged method, in order, and how many pages they took. */
async function readAll<Row>(client: WebClient, method: string, rows: string, options: Record<string, unknown>) {
  const all: Row[] = [];
  let pages = 0;
  for await (const page of client.paginate(method, options)) {
    pages += 1;
    const answer: unknown = page;
    all.push(...((answer as Record<string, Row[]>)[rows] ?? [])); // the client leaves the type of rows open
  }
  return { rows: all, pages };
}

const refused = (error: string, more: object = {}) =>
  expect.objectContaining({ data: expect.objectContaining({ error, ...more }) });

const publicChannel = ({ world }: Sandbox) => {
  const channel = world.channels.find(({ isPrivate, isArchived }) => !isPrivate && !isArchived);
  if (channel === undefined) throw new Error('The world has no public channel.');
  return channel;
};

describe('reading with the official client', () => {
  it('lists every member of the workspace once, page by page', async () => {
    await using sandbox = await startSlack();
    const { rows, pages } = await readAll<{ id: string }>(connect(sandbox), 'users.list', 'members', { limit: 20 });
    const expected = sandbox.world.people.flatMap(({ ids: { slack } }) => slack ?? []);
    expect(rows.map(({ id }) => id).toSorted()).toEqual(expected.toSorted());
    expect(pages).toBe(Math.ceil(expected.length / 20));
  });

  it('finds a member by e-mail address in any case, as Slack spells it', async () => {
    await using sandbox = await startSlack();
    const person =
      sandbox.world.people.find(({ ids, spelling }) => ids.slack && spelling.slack) ?? sandbox.world.people[0];
    const { user } = await connect(sandbox).users.lookupByEmail({ email: person?.email.toUpperCase() ?? '' });
    expect(user).toMatchObject({ id: person?.ids.slack, profile: { email: person?.spelling.slack ?? person?.email } });
  });

  it('tells own staff from guests', async () => {
    await using sandbox = await startSlack();
    const client = connect(sandbox);
    const { user: guest } = await client.users.lookupByEmail({ email: 'ada.lindqvist@brightforge.io' });
    const { user: staff } = await client.users.lookupByEmail({ email: 'maya.okafor@northwindlabs.com' });
    expect([guest?.is_restricted, staff?.is_restricted, staff?.is_owner]).toEqual([true, false, true]);
  });

  it('refuses an unknown member, address and channel with the codes Slack has for each', async () => {
    await using sandbox = await startSlack();
    const client = connect(sandbox);
    await expect(client.users.info({ user: 'U404' })).rejects.toEqual(refused('user_not_found'));
    await expect(client.users.lookupByEmail({ email: 'nobody@example.com' })).rejects.toEqual(
      refused('users_not_found'),
    );
    await expect(client.conversations.info({ channel: 'C404' })).rejects.toEqual(refused('channel_not_found'));
  });

  it('lists conversations of the kinds asked for', async () => {
    await using sandbox = await startSlack();
    const client = connect(sandbox);
    const { channels: world } = sandbox.world;
    const count = async (options: object) =>
      (await client.conversations.list({ limit: 1000, ...options })).channels?.length;
    expect(await count({})).toBe(world.filter(({ isPrivate }) => !isPrivate).length);
    expect(await count({ types: 'public_channel,private_channel' })).toBe(world.length);
    expect(await count({ types: 'private_channel,im', exclude_archived: true })).toBe(
      world.filter(({ isPrivate, isArchived }) => isPrivate && !isArchived).length,
    );
    await expect(client.conversations.list({ types: 'rooms' })).rejects.toEqual(refused('invalid_types'));
  });

  it('reads a channel newest first to the end, replies left out', async () => {
    await using sandbox = await startSlack();
    const { id } = publicChannel(sandbox);
    const { rows } = await readAll<{ ts: string }>(connect(sandbox), 'conversations.history', 'messages', {
      channel: id,
      limit: 7,
    });
    const expected = sandbox.world.messages.filter(({ channelId, threadTs }) => channelId === id && threadTs === null);
    expect(rows.map(({ ts }) => ts)).toEqual(
      expected
        .map(({ ts }) => ts)
        .toSorted()
        .reverse(),
    );
  });

  it('reads only the messages between two timestamps, the bounds included when asked', async () => {
    await using sandbox = await startSlack();
    const { id } = publicChannel(sandbox);
    const client = connect(sandbox);
    const { messages = [] } = await client.conversations.history({ channel: id, limit: 3 });
    const [latest, middle, oldest] = messages.map(({ ts = '' }) => ts);
    const range = { channel: id, latest: latest ?? '', oldest: oldest ?? '' };
    const inside = await client.conversations.history(range);
    const all = await client.conversations.history({ ...range, inclusive: true });
    expect(inside.messages?.map(({ ts }) => ts)).toEqual([middle]);
    expect(all.messages?.map(({ ts }) => ts)).toEqual([latest, middle, oldest]);
    await expect(client.conversations.history({ channel: id, oldest: 'yesterday' })).rejects.toEqual(
      refused('invalid_ts_oldest'),
    );
  });

  it('reads a thread oldest first, started by its parent, page by page', async () => {
    await using sandbox = await startSlack();
    const reply = sandbox.world.messages.find(({ threadTs }) => threadTs !== null);
    const thread = { channel: reply?.channelId ?? '', ts: reply?.threadTs ?? '' };
    const { rows } = await readAll<{ ts: string }>(connect(sandbox), 'conversations.replies', 'messages', {
      ...thread,
      limit: 1,
    });
    const replies = sandbox.world.messages.filter(
      (row) => row.channelId === thread.channel && row.threadTs === thread.ts,
    );
    expect(rows.map(({ ts }) => ts)).toEqual([thread.ts, ...replies.map(({ ts }) => ts).toSorted()]);
  });

  it('lists the members of a channel, our app among them', async () => {
    await using sandbox = await startSlack();
    const { id, memberIndexes } = publicChannel(sandbox);
    const { rows } = await readAll<string>(connect(sandbox), 'conversations.members', 'members', {
      channel: id,
      limit: 10,
    });
    const { user_id } = await connect(sandbox).auth.test();
    expect(rows).toEqual([...memberIndexes.map((index) => sandbox.world.people[index]?.ids.slack), user_id]);
  });

  it('refuses page sizes and cursors that are none', async () => {
    await using sandbox = await startSlack();
    const client = connect(sandbox);
    await expect(client.users.list({ limit: 1001 })).rejects.toEqual(refused('invalid_limit'));
    await expect(client.users.list({ cursor: 'bm90LWEtY3Vyc29y' })).rejects.toEqual(refused('invalid_cursor'));
  });
});

describe('writing with the official client', () => {
  it('posts a message that is then the newest of its channel and in the ledger', async () => {
    await using sandbox = await startSlack();
    const { id, name } = publicChannel(sandbox);
    const client = connect(sandbox);
    const blocks = [{ type: 'section', text: { type: 'mrkdwn', text: '*Paid*' } }];
    const { ts, channel } = await client.chat.postMessage({ channel: `#${name}`, text: 'Invoice paid', blocks });
    expect(channel).toBe(id);
    const { messages } = await client.conversations.history({ channel: id, limit: 1 });
    expect(messages).toMatchObject([{ ts, text: 'Invoice paid', blocks, bot_profile: { name: 'vendorgraph' } }]);
    const writes = await control(sandbox, 'GET', '/writes');
    expect(writes).toMatchObject({ total: 1, byVendor: { slack: [{ operation: 'postMessage', id: ts }] } });
  });

  it('answers in a thread, which the parent then counts', async () => {
    await using sandbox = await startSlack();
    const { id } = publicChannel(sandbox);
    const client = connect(sandbox);
    const { ts = '' } = await client.chat.postMessage({ channel: id, text: 'Who takes this?' });
    const reply = await client.chat.postMessage({ channel: id, text: 'I do.', thread_ts: ts });
    const { messages } = await client.conversations.history({ channel: id, limit: 1 });
    expect(messages).toMatchObject([{ ts, reply_count: 1, latest_reply: reply.ts }]);
    const lost = client.chat.postMessage({ channel: id, text: 'Hello?', thread_ts: '1700000000.000001' });
    await expect(lost).rejects.toEqual(refused('thread_not_found'));
  });

  it('refuses what Slack refuses: no text, unknown and archived channels, broken blocks', async () => {
    await using sandbox = await startSlack();
    const client = connect(sandbox);
    const { id: channel } = publicChannel(sandbox);
    const archived = sandbox.world.channels.find(({ isArchived }) => isArchived)?.id ?? '';
    const post = (message: Record<string, unknown>) => client.apiCall('chat.postMessage', message);
    await expect(post({ channel, blocks: 'nothing' })).rejects.toEqual(refused('invalid_blocks_format'));
    await expect(post({ channel, unfurl_links: true })).rejects.toEqual(refused('no_text'));
    await expect(post({ channel: 'C404', text: 'x' })).rejects.toEqual(refused('channel_not_found'));
    await expect(post({ channel: archived, text: 'x' })).rejects.toEqual(refused('is_archived'));
    expect(await control(sandbox, 'GET', '/writes')).toMatchObject({ total: 0 });
  });

  it('puts an emoji on a message once', async () => {
    await using sandbox = await startSlack();
    const { id: channel } = publicChannel(sandbox);
    const client = connect(sandbox);
    const { ts: timestamp = '' } = await client.chat.postMessage({ channel, text: 'Done' });
    await client.reactions.add({ channel, timestamp, name: 'tada' });
    await expect(client.reactions.add({ channel, timestamp, name: 'tada' })).rejects.toEqual(
      refused('already_reacted'),
    );
    const { messages } = await client.conversations.history({ channel, limit: 1 });
    expect(messages?.[0]?.reactions).toMatchObject([{ name: 'tada', count: 1 }]);
  });

  it('opens a direct message once and posts into it', async () => {
    await using sandbox = await startSlack();
    const client = connect(sandbox);
    const users = sandbox.world.people.find(({ ids }) => ids.slack)?.ids.slack ?? '';
    const { channel } = await client.conversations.open({ users });
    const again = await client.conversations.open({ users, return_im: true });
    expect(again).toMatchObject({ already_open: true, channel: { id: channel?.id, is_im: true, user: users } });
    expect((await client.chat.postMessage({ channel: users, text: 'Hello' })).channel).toBe(channel?.id);
    const { channels } = await client.conversations.list({ types: 'im' });
    expect(channels?.map(({ id }) => id)).toEqual([channel?.id]);
  });
});

describe('credentials and limits', () => {
  it('refuses no token and a wrong one', async () => {
    await using sandbox = await startSlack();
    const bare = await fetch(`${sandbox.urls.slack}/api/users.list`);
    expect([bare.status, await bare.json()]).toEqual([200, { ok: false, error: 'not_authed' }]);
    await expect(connect(sandbox, 'xoxb-wrong').auth.test()).rejects.toEqual(refused('invalid_auth'));
  });

  it('names the scope a token lacks, and hides addresses without saying so', async () => {
    await using sandbox = await startSlack();
    const client = connect(sandbox, READ_ONLY_TOKEN);
    const post = client.chat.postMessage({ channel: publicChannel(sandbox).id, text: 'x' });
    await expect(post).rejects.toEqual(refused('missing_scope', { needed: 'chat:write' }));
    const { members = [] } = await client.users.list({});
    expect(members.length).toBeGreaterThan(0);
    expect(members.filter(({ profile }) => profile?.email !== undefined)).toEqual([]);
  });

  it('answers 429 with Retry-After while a fault says so', async () => {
    await using sandbox = await startSlack();
    await control(sandbox, 'POST', '/faults', { vendor: 'slack', kind: 'ratelimit', value: 7, times: 1 });
    const client = connect(sandbox);
    await expect(client.users.list({})).rejects.toMatchObject({ retryAfter: 7 });
    await expect(client.users.list({})).resolves.toMatchObject({ ok: true });
  });

  it('keeps to Slack’s own limits: 20 lists of users a minute, one message a second in a channel', async () => {
    await using sandbox = await startSlack({ rateFactor: 1 });
    const client = connect(sandbox);
    const lists = await Promise.allSettled(Array.from({ length: 22 }, () => client.users.list({ limit: 1 })));
    expect(lists.filter(({ status }) => status === 'fulfilled').length).toBe(20);
    const [first, second] = sandbox.world.channels.filter(({ isArchived }) => !isArchived);
    await client.chat.postMessage({ channel: first?.id ?? '', text: 'One' });
    await expect(client.chat.postMessage({ channel: first?.id ?? '', text: 'Two' })).rejects.toMatchObject({
      retryAfter: 1,
    });
    await client.chat.postMessage({ channel: second?.id ?? '', text: 'Elsewhere' });
  });
});

describe('the wire', () => {
  it('takes GET and POST, form and JSON, with and without /api', async () => {
    await using sandbox = await startSlack();
    const token = sandbox.credentials.slack?.['token'] ?? '';
    const headers = { authorization: `Bearer ${token}` };
    const read = async (path: string, init: RequestInit) =>
      (await (await fetch(sandbox.urls.slack + path, init)).json()) as Record<string, unknown>;
    const form = new URLSearchParams({ token, limit: '1' });
    for (const prefix of ['/api', '']) {
      expect(await read(`${prefix}/users.list?limit=1`, { headers })).toMatchObject({ ok: true, members: [{}] });
      expect(await read(`${prefix}/users.list`, { method: 'POST', body: form })).toMatchObject({
        ok: true,
        members: [{}],
      });
    }
    const body = JSON.stringify({ channel: publicChannel(sandbox).id, blocks: [{ type: 'divider' }] });
    const json = { ...headers, 'content-type': 'application/json; charset=utf-8' };
    const posted = await read('/api/chat.postMessage', { method: 'POST', headers: json, body });
    expect(posted).toMatchObject({ ok: true, message: { blocks: [{ type: 'divider' }] } });
    const broken = await read('/api/chat.postMessage', { method: 'POST', headers: json, body: '{' });
    expect(broken).toEqual({ ok: false, error: 'invalid_json' });
    expect(await read('/api/users.delete', { headers })).toMatchObject({ ok: false, error: 'unknown_method' });
  });
});

interface Received {
  headers: Record<string, string>;
  body: string;
}

async function receive() {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer); // no encoding is set, so chunks are buffers
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    received.push({ headers: { ...headers, path: request.url ?? '' }, body: Buffer.concat(chunks).toString('utf8') });
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks`, // it listens on TCP
    received,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function verify({ headers, body }: Received, signingSecret: string, nowMilliseconds?: number): void {
  verifySlackRequest({
    signingSecret,
    body,
    headers: {
      'x-slack-signature': headers['x-slack-signature'] ?? '',
      'x-slack-request-timestamp': Number(headers['x-slack-request-timestamp']),
    },
    ...(nowMilliseconds !== undefined && { nowMilliseconds }),
  });
}

describe('events', () => {
  const TYPES = [
    'message',
    'app_mention',
    'member_joined_channel',
    'reaction_added',
    'channel_created',
    'team_join',
    'user_change',
  ];

  it.each(TYPES)('signs a %s so that Bolt accepts it, and refuses it with one byte changed', async (type) => {
    await using receiver = await receive();
    await using sandbox = await startSlack({ webhookBaseUrl: receiver.url });
    await control(sandbox, 'POST', '/emit', { vendor: 'slack', type, count: 3 });
    const secret = sandbox.webhookSecrets.slack ?? '';
    expect(receiver.received.map(({ headers }) => headers['path'])).toEqual(Array(3).fill('/webhooks/slack'));
    for (const delivery of receiver.received) {
      verify(delivery, secret);
      expect(() => verify({ ...delivery, body: delivery.body.replace('T0N', 'T0M') }, secret)).toThrow('mismatch');
    }
    const bodies = receiver.received.map(({ body }) => JSON.parse(body) as { event_id: string });
    expect(bodies).toEqual(
      Array(3).fill(expect.objectContaining({ type: 'event_callback', event: expect.objectContaining({ type }) })),
    );
    expect(new Set(bodies.map(({ event_id }) => event_id)).size).toBe(3);
  });

  it('tells of what a read then shows', async () => {
    await using receiver = await receive();
    await using sandbox = await startSlack({ webhookBaseUrl: receiver.url });
    const client = connect(sandbox);
    const happen = async (type: string) => {
      await control(sandbox, 'POST', '/emit', { vendor: 'slack', type });
      return (JSON.parse(receiver.received.at(-1)?.body ?? '{}') as { event: Record<string, string> }).event;
    };
    const message = await happen('message');
    const { messages } = await client.conversations.history({ channel: message['channel'] ?? '', limit: 1 });
    expect(messages).toMatchObject([{ ts: message['ts'], text: message['text'], user: message['user'] }]);
    const joined = await happen('member_joined_channel');
    const { members } = await client.conversations.members({ channel: joined['channel'] ?? '', limit: 1000 });
    expect(members).toContain(joined['user']);
    const created = (await happen('channel_created'))['channel'] as unknown as { id: string };
    await expect(client.conversations.history({ channel: created.id })).rejects.toEqual(refused('not_in_channel'));
    const hired = (await happen('team_join'))['user'] as unknown as { id: string; profile: { email: string } };
    expect((await client.users.lookupByEmail({ email: hired.profile.email })).user?.id).toBe(hired.id);
  });

  it('signs the published example to the letter', () => {
    const { secret, timestamp, body, expected } = fixture('webhook-vector');
    expect(signRequest({ secret, timestamp, body })).toEqual(expected);
  });

  it('keeps an example delivery that Bolt accepts at its time', () => {
    const { secret, headers, body } = fixture('signed-delivery');
    const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
    const at = Number(lower['x-slack-request-timestamp']) * 1000;
    verify({ headers: lower, body }, secret, at);
    expect(() => verify({ headers: lower, body }, secret, at + 301_000)).toThrow('stale');
  });
});

interface Fixture {
  secret: string;
  timestamp: number;
  body: string;
  headers: Record<string, string>;
  expected: Record<string, string>;
}

function fixture(name: string): Fixture {
  return JSON.parse(readFileSync(new URL(`../../sources/slack/fixtures/${name}.json`, import.meta.url), 'utf8'));
}
