/** A WebSocket outlives many requests: it ends when its credential does, and nobody holds a place without saying who they are. */
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, createClient } from 'graphql-ws';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import WebSocket from 'ws';
import { createAuthenticator } from '../../src/auth/authenticator.ts';
import { makeKey } from '../../src/auth/issued-key.ts';
import type { Principal } from '../../src/auth/principal.ts';
import { clientsSchema } from '../../src/config/clients.ts';
import { createSqliteKeyStore } from '../../src/store/sqlite-key-store.ts';
import {
  answerJson,
  clientsOf,
  clock,
  goodClaims,
  NO_KEYS,
  readableLog,
  sign,
  signingKey,
  startServer,
} from '../auth/kit.ts';
import { startGatewayUnderTest } from '../gateway-under-test.ts';
import { startSocketEdge } from './socket-edge.ts';

interface Open {
  client: Client;
  ask(): Promise<unknown>;
  /** Resolves when the gateway, or a test's end, closes it. */
  closed: Promise<unknown>;
}

/** Resolves when the gateway has let it in. */
async function open(url: string, token: string): Promise<Open> {
  const closed = Promise.withResolvers<unknown>();
  const connected = Promise.withResolvers<void>();
  const client = createClient({
    url,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    lazy: false,
    connectionParams: { authorization: `Bearer ${token}` },
    onNonLazyError: () => {},
    on: {
      connected: () => connected.resolve(),
      closed: (event) => {
        const { code, reason } = event as WebSocket.CloseEvent;
        closed.resolve({ code, reason });
        connected.reject(new Error(reason));
      },
    },
  });
  await connected.promise;
  const ask = async () => {
    for await (const { data } of client.iterate({ query: '{ a }' })) return data;
    throw new Error('no answer');
  };
  return { client, ask, closed: closed.promise };
}

const ANYBODY: Principal = { id: 'key:x', client: 'x', kind: 'app', scopes: new Set() };

const ENDED = { code: 4403, reason: 'UNAUTHENTICATED: the credential has ended or was revoked' };

describe('an open WebSocket', () => {
  // What looks at credentials looks on a timer; nothing else here waits for one.
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  async function issuedKeys() {
    const dir = mkdtempSync(join(tmpdir(), 'vendorgraph-sockets-'));
    const path = join(dir, 'keys.db');
    const store = createSqliteKeyStore({ path });
    const time = clock();
    const add = async (lifeMs?: number) => {
      const { key, prefix, digest } = makeKey();
      const createdAt = time.now();
      await store.add({ prefix, client: 'job', digest, createdAt, ...(lifeMs && { expiresAt: createdAt + lifeMs }) });
      return { key, prefix };
    };
    const [brief, lasting] = [await add(10_000), await add()];
    const clients = clientsSchema.parse({ clients: [{ id: 'job', kind: 'app', proof: 'key', scopes: [] }] });
    const { log } = readableLog();
    const caller = await createAuthenticator({ keys: [], clients, keySource: store, log, now: time.now });
    const edge = await startSocketEdge(caller.authenticate);
    return {
      edge,
      time,
      brief,
      lasting,
      /** As another process does it. */
      async revoke(prefix: string) {
        await using elsewhere = createSqliteKeyStore({ path });
        expect(await elsewhere.revoke(prefix, time.now())).toBe(true);
      },
      async [Symbol.asyncDispose]() {
        await edge[Symbol.asyncDispose]();
        await caller[Symbol.asyncDispose]();
        await store[Symbol.asyncDispose]();
        rmSync(dir, { recursive: true });
      },
    };
  }

  it('is closed within a minute of its key’s expiry, and no other is', async () => {
    await using its = await issuedKeys();
    const brief = await open(its.edge.url, its.brief.key);
    const lasting = await open(its.edge.url, its.lasting.key);
    expect([await brief.ask(), await lasting.ask()]).toEqual([{ a: null }, { a: null }]);
    its.time.advance(10_000);
    vi.advanceTimersByTime(60_000);
    expect(await brief.closed).toEqual(ENDED);
    expect(await lasting.ask()).toEqual({ a: null });
    await lasting.client.dispose();
  });

  it('is closed within a minute of its key’s end by hand', async () => {
    await using its = await issuedKeys();
    const lasting = await open(its.edge.url, its.lasting.key);
    await its.revoke(its.lasting.prefix);
    let closed: unknown;
    void lasting.closed.then((event) => (closed = event));
    const aSecondLater = (): unknown => {
      vi.advanceTimersByTime(1_000);
      return closed;
    };
    // Seen at a look at the store, and acted upon at the next at the connections.
    await expect.poll(aSecondLater, { timeout: 20_000 }).toEqual(ENDED);
  });

  it('is closed within a minute of its token’s expiry', async () => {
    const key = await signingKey('key-1');
    await using issuer = await startServer(answerJson({ keys: [key.jwk] }));
    const time = clock();
    const clients = clientsOf(issuer.url, { jwks: `${issuer.url}/jwks` });
    const { log } = readableLog();
    await using caller = await createAuthenticator({ keys: [], clients, keySource: NO_KEYS, log, now: time.now });
    await using edge = await startSocketEdge(caller.authenticate);
    const connection = await open(edge.url, await sign(goodClaims(issuer.url), key));
    time.advance(599_000);
    expect(await connection.ask()).toEqual({ a: null });
    // Its life, and what the issuer's clock may be off.
    time.advance(1_000 + 5_000);
    vi.advanceTimersByTime(60_000);
    expect(await connection.closed).toEqual(ENDED);
  });
});

/** As in src/http/websocket-strangers.ts. */
const MOST_STRANGERS = 2_000;
const MOST_OF_ADDRESS = 1_000;

interface Stranger {
  socket: WebSocket;
  /** What the upgrade was answered with. */
  status: number;
}

/** One that says nothing. */
function knock(url: string, address: string): Promise<Stranger> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, 'graphql-transport-ws', { headers: { 'x-forwarded-for': address } });
    socket.on('open', () => resolve({ socket, status: 101 })).on('error', () => {});
    socket.on('unexpected-response', (_request, { statusCode = 0 }) => resolve({ socket, status: statusCode }));
  });
}

const knockMany = (url: string, address: string): Promise<Stranger[]> =>
  Promise.all(Array.from({ length: MOST_OF_ADDRESS }, () => knock(url, address)));

/** Behind a proxy we trust, so that a test has many addresses. */
const BEHIND_PROXY = { VENDORGRAPH_TRUSTED_PROXIES: '127.0.0.1,::1' };

describe('WebSockets that do not say who they are', () => {
  it('are at most two thousand, hinder nobody who is known, and are closed after ten seconds', async () => {
    await using running = await startGatewayUnderTest({ env: BEHIND_PROXY });
    const url = `${running.gateway.url.replace('http', 'ws')}/graphql`;
    const known = await open(url, 'vg_demo_frontend');
    const strangers: WebSocket[] = [];
    const ended: number[] = [];
    for (let round = 0; round < MOST_STRANGERS / MOST_OF_ADDRESS; round += 1) {
      const group = await knockMany(url, `10.0.0.${round}`);
      expect(new Set(group.map(({ status }) => status))).toEqual(new Set([101]));
      strangers.push(...group.map(({ socket }) => socket.on('close', (code) => ended.push(code))));
    }
    expect((await knock(url, '10.0.1.1')).status).toBe(503);
    expect(await known.client.iterate({ query: '{ __typename }' }).next()).toMatchObject({ done: false });
    expect((await running.ask('{ __typename }')).status).toBe(200);
    await expect.poll(() => ended.length, { timeout: 20_000 }).toBe(MOST_STRANGERS);
    expect(new Set(ended)).toEqual(new Set([4408]));
    const later = await knock(url, '10.0.1.1');
    expect(later.status).toBe(101);
    later.socket.terminate();
    await known.client.dispose();
  });

  it('are at most a thousand of one address, and one that leaves or is let in makes room', async () => {
    await using edge = await startSocketEdge(() => ANYBODY, { trustedProxies: ['127.0.0.1', '::1'] });
    const [first, second] = await knockMany(edge.url, '10.0.0.1');
    const status = async (address: string): Promise<number> => {
      const { socket, status: answered } = await knock(edge.url, address);
      socket.terminate();
      return answered;
    };
    expect([await status('10.0.0.1'), await status('10.0.0.2')]).toEqual([503, 101]);
    first?.socket.terminate();
    await expect.poll(() => status('10.0.0.1')).toBe(101);
    const again = await knock(edge.url, '10.0.0.1');
    expect([again.status, await status('10.0.0.1')]).toEqual([101, 503]);
    second?.socket.send(JSON.stringify({ type: 'connection_init' }));
    await expect.poll(() => status('10.0.0.1')).toBe(101);
  });

  it('are cut when they send more than a credential takes', async () => {
    await using edge = await startSocketEdge(() => ANYBODY);
    const { socket } = await knock(edge.url, '');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    // Unfinished, so that nothing of it is a message yet.
    socket.send('x'.repeat(40_000), { fin: false });
    expect(await closed).toBe(1006);
  });

  it('give up their place when they were refused, whether they agree or not', async () => {
    await using edge = await startSocketEdge(() => null);
    const port = Number(new URL(edge.url).port);
    const socket = connect(port, '127.0.0.1');
    const ended = new Promise((resolve) => socket.once('close', resolve));
    socket.write(
      'GET /graphql HTTP/1.1\r\nhost: gateway\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n' +
        'sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\nsec-websocket-protocol: graphql-transport-ws\r\n\r\n',
    );
    // A frame of text with a mask of zeros; its close frame is read and never answered.
    const init = Buffer.from('{"type":"connection_init"}');
    socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | init.length, 0, 0, 0, 0]), init]));
    let text = '';
    socket.on('data', (chunk) => (text += chunk.toString('latin1'))).on('error', () => {});
    const begun = performance.now();
    await ended;
    expect(text).toContain('UNAUTHENTICATED');
    // Else it could stay for as long as a peer may take to agree, 5 s.
    expect(performance.now() - begun).toBeLessThan(4_000);
  });
});
