import { once } from 'node:events';
import { createServer } from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import type { VendorCallRecord } from '../../src/vendors/call-scope.ts';
import { createVendorDoor } from '../../src/vendors/door.ts';
import { read, rejection, stripeConfig, stripeDoor, TOKEN, testScope, wholeStory, write } from './kit.ts';
import { sendJson, startVendor } from './vendor-server.ts';

describe('a call through the door', () => {
  it('carries the credential, the fixed headers and the body, and gives back the answer', async () => {
    await using vendor = await startVendor((_request, response) =>
      sendJson(response, { id: 'cus_1' }, 200, { 'X-Id': '7' }),
    );
    await using door = stripeDoor(vendor.url, stripeConfig({ headers: { 'Stripe-Version': '2026-07-29' } }));
    const answer = await door.send(
      write({ headers: { 'content-type': 'application/x-www-form-urlencoded' } }),
      testScope(),
    );
    expect(answer).toMatchObject({ status: 200, headers: { 'x-id': '7' } });
    expect(JSON.parse(answer.body.toString())).toEqual({ id: 'cus_1' });
    expect(vendor.seen).toMatchObject([
      { method: 'POST', url: '/v1/customers/cus_1', body: 'name=a', headers: { authorization: `Bearer ${TOKEN}` } },
    ]);
    expect(vendor.seen[0]?.headers).toMatchObject({ 'stripe-version': '2026-07-29' });
  });

  it('keeps the endpoint’s path in front of every target', async () => {
    await using vendor = await startVendor((_request, response) => sendJson(response, {}));
    await using door = stripeDoor(`${vendor.url}/api/gateway.php/`);
    await door.send(read({ target: '/v1/customers/cus_1?expand=a' }), testScope());
    expect(vendor.seen[0]?.url).toBe('/api/gateway.php/v1/customers/cus_1?expand=a');
  });

  it('asks the scope first, and makes no call when it says no', async () => {
    await using vendor = await startVendor((_request, response) => sendJson(response, {}));
    await using door = stripeDoor(vendor.url);
    const scope = testScope({
      authorize: (name, access) => {
        throw new GatewayError('SCOPE_MISSING', `${name}:${access}`);
      },
    });
    await expect(door.send(write(), scope)).rejects.toMatchObject({ code: 'SCOPE_MISSING', message: 'stripe:write' });
    expect(vendor.seen).toEqual([]);
  });

  it('records each attempt for the operation and for the metrics', async () => {
    await using vendor = await startVendor((_request, response, count) =>
      sendJson(response, {}, count === 1 ? 503 : 200),
    );
    const all: VendorCallRecord[] = [];
    await using door = stripeDoor(vendor.url, stripeConfig(), all);
    const scope = testScope();
    await door.send(read({ keys: 3 }), scope);
    expect(scope.records).toMatchObject([
      { vendor: 'stripe', operation: 'stripeCustomer', method: 'GET', status: 503, keys: 3, cached: false, attempt: 1 },
      { status: 200, attempt: 2 },
    ]);
    expect(all).toEqual(scope.records);
    for (const { startedAt, endedAt } of all) expect(endedAt).toBeGreaterThanOrEqual(startedAt);
  });
});

describe('redirects', () => {
  it('are not followed, so the credential reaches no other origin', async () => {
    await using thief = await startVendor((_request, response) => sendJson(response, {}));
    await using vendor = await startVendor((_request, response) =>
      response.writeHead(302, { location: thief.url }).end(),
    );
    await using door = stripeDoor(vendor.url);
    expect(await door.send(read(), testScope())).toMatchObject({ status: 302 });
    expect(thief.seen).toEqual([]);
  });
});

describe('the URL guard', () => {
  it.each([
    '/admin',
    '/v1/customers/',
    '/v1/customers/a/b',
    '/v1/customers/../charges/1',
    '/v1/customers/%2e%2e',
    '/v1/customers/..',
    '/v1/customers/a%2Fb',
    '/v1/customers/a%252Fb',
    '/v1/customers/%5C',
    '/v1/customers/a\\b',
    '/v1/customers/a#b',
    '/v1/customers/a\nb',
    '/v1/charges/cus_1',
    '.evil.example/v1/customers/1',
    '@evil.example/v1/customers/1',
    ':1/v1/customers/1',
    '',
  ])('refuses %j before any call', async (target) => {
    await using vendor = await startVendor((_request, response) => sendJson(response, {}));
    await using door = stripeDoor(vendor.url);
    await expect(door.send(read({ target }), testScope())).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    expect(vendor.seen).toEqual([]);
  });

  it('lets addresses and percent signs in ids pass', async () => {
    await using vendor = await startVendor((_request, response) => sendJson(response, {}));
    await using door = stripeDoor(vendor.url);
    for (const id of ['a+b%40example.com', '100%25', '%E2%9C%93', "o'neil"]) {
      await door.send(read({ target: `/v1/customers/${id}` }), testScope());
    }
    expect(vendor.seen).toHaveLength(4);
  });
});

describe('time', () => {
  it('ends a call at the vendor’s own deadline', async () => {
    await using vendor = await startVendor(() => undefined);
    await using door = stripeDoor(vendor.url, stripeConfig({ timeoutMs: 80 }));
    const scope = testScope();
    const started = performance.now();
    const error = await rejection(door.send(read(), scope));
    expect(error).toMatchObject({ code: 'VENDOR_TIMEOUT', details: { vendor: 'stripe', retryable: true } });
    expect(performance.now() - started).toBeLessThan(1_000);
    expect(vendor.seen).toHaveLength(1);
    expect(scope.records).toMatchObject([{ status: null, error: 'VENDOR_TIMEOUT' }]);
  });

  it('ends a call at the operation’s deadline when that is sooner', async () => {
    await using vendor = await startVendor(() => undefined);
    await using door = stripeDoor(vendor.url);
    const started = performance.now();
    await expect(door.send(read(), testScope({ deadlineAt: Date.now() + 80 }))).rejects.toMatchObject({
      code: 'VENDOR_TIMEOUT',
    });
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  it('counts the body too: an answer that trickles is cut', async () => {
    await using vendor = await startVendor((_request, response) => response.writeHead(200).write('{"a":'));
    await using door = stripeDoor(vendor.url, stripeConfig({ timeoutMs: 80 }));
    await expect(door.send(read(), testScope())).rejects.toMatchObject({ code: 'VENDOR_TIMEOUT' });
  });

  it('drops the call when the caller leaves', async () => {
    const closed = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    await using vendor = await startVendor((_request, response) => {
      response.once('close', closed.resolve);
      arrived.resolve();
    });
    await using door = stripeDoor(vendor.url);
    const caller = new AbortController();
    const call = rejection(door.send(read(), testScope({ signal: caller.signal })));
    await arrived.promise;
    const left = performance.now();
    caller.abort(new Error('gone'));
    expect(await call).toMatchObject({ message: 'gone' });
    await closed.promise;
    expect(performance.now() - left).toBeLessThan(100);
  });

  it('makes no call for a caller who left before', async () => {
    await using vendor = await startVendor((_request, response) => sendJson(response, {}));
    await using door = stripeDoor(vendor.url);
    await expect(door.send(read(), testScope({ signal: AbortSignal.abort(new Error('gone')) }))).rejects.toThrow(
      'gone',
    );
    expect(vendor.seen).toEqual([]);
  });
});

describe('places', () => {
  it('never has more calls under way than the vendor is given', async () => {
    let running = 0;
    let most = 0;
    await using vendor = await startVendor((_request, response) => {
      running += 1;
      most = Math.max(most, running);
      setTimeout(() => {
        running -= 1;
        sendJson(response, {});
      }, 5);
    });
    await using door = stripeDoor(vendor.url, stripeConfig({ limits: { concurrency: 3 } }));
    const ids = Array.from({ length: 30 }, (_, id) => `/v1/customers/cus_${id}`);
    const scope = testScope();
    await Promise.all(ids.map((target) => door.send(read({ target }), scope)));
    expect(vendor.seen).toHaveLength(30);
    expect(most).toBe(3);
    // All were wanted at once: who waited for a place had nothing else to wait for.
    const firstEnd = Math.min(...scope.records.map(({ endedAt }) => endedAt));
    expect(scope.records.filter(({ askedAt }) => askedAt < firstEnd)).toHaveLength(30);
    expect(scope.records.filter(({ startedAt }) => startedAt < firstEnd)).toHaveLength(3);
  });

  it('refuses the call that finds the queue full', async () => {
    const release = Promise.withResolvers<void>();
    await using vendor = await startVendor(
      (_request, response) => void release.promise.then(() => sendJson(response, {})),
    );
    await using door = stripeDoor(vendor.url, stripeConfig({ limits: { concurrency: 1, maxQueued: 1 } }));
    const held = [1, 2].map((id) => door.send(read({ target: `/v1/customers/${id}` }), testScope()));
    const error = await rejection(door.send(read({ target: '/v1/customers/3' }), testScope()));
    expect(error).toMatchObject({ code: 'VENDOR_RATE_LIMITED', details: { retryable: true } });
    release.resolve();
    await Promise.all(held);
    expect(vendor.seen.map((request) => request.url)).toEqual(['/v1/customers/1', '/v1/customers/2']);
  });

  it('serves clients in turn: whoever asks for one thing does not wait for a hundred of another client', async () => {
    const release = Promise.withResolvers<void>();
    await using vendor = await startVendor(
      (_request, response) => void release.promise.then(() => sendJson(response, {})),
    );
    await using door = stripeDoor(vendor.url, stripeConfig({ limits: { concurrency: 1, maxQueued: 100 } }));
    const ask = (client: string, count: number) =>
      Array.from({ length: count }, (_, index) =>
        door.send(read({ target: `/v1/customers/${client}${index}` }), testScope({ client })),
      );
    const many = ask('a', 101);
    // One client's queue is full, and that of others is not.
    expect(await rejection(Promise.all(ask('a', 1)))).toMatchObject({ code: 'VENDOR_RATE_LIMITED' });
    const few = [...ask('b', 2), ...ask('c', 1)];
    release.resolve();
    await Promise.all([...many, ...few]);
    const order = vendor.seen.map(({ url }) => url?.split('/').at(-1));
    expect(order.slice(0, 7)).toEqual(['a0', 'b0', 'c0', 'a1', 'b1', 'a2', 'a3']);
    expect(order).toHaveLength(104);
  });

  it('lets a caller leave the queue, and nobody waits for him', async () => {
    const release = Promise.withResolvers<void>();
    await using vendor = await startVendor(
      (_request, response) => void release.promise.then(() => sendJson(response, {})),
    );
    await using door = stripeDoor(vendor.url, stripeConfig({ limits: { concurrency: 1 } }));
    const caller = new AbortController();
    const first = door.send(read({ target: '/v1/customers/1' }), testScope());
    const second = rejection(door.send(read({ target: '/v1/customers/2' }), testScope({ signal: caller.signal })));
    const third = door.send(read({ target: '/v1/customers/3' }), testScope());
    caller.abort(new Error('gone'));
    expect(await second).toMatchObject({ message: 'gone' });
    release.resolve();
    await Promise.all([first, third]);
    expect(vendor.seen.map((request) => request.url)).toEqual(['/v1/customers/1', '/v1/customers/3']);
  });

  it('ends the waiting at the operation’s deadline', async () => {
    await using vendor = await startVendor(() => undefined);
    await using door = stripeDoor(vendor.url, stripeConfig({ limits: { concurrency: 1 }, timeoutMs: 2_000 }));
    const caller = new AbortController();
    const first = rejection(door.send(read(), testScope({ signal: caller.signal })));
    const waiting = door.send(read({ target: '/v1/customers/2' }), testScope({ deadlineAt: Date.now() + 50 }));
    await expect(waiting).rejects.toMatchObject({ code: 'VENDOR_TIMEOUT' });
    caller.abort();
    await first;
    expect(vendor.seen.length).toBeLessThanOrEqual(1);
  });
});

describe('tries', () => {
  it('repeats a read as often as the policy says, then gives the last answer', async () => {
    await using vendor = await startVendor((_request, response) => sendJson(response, {}, 503));
    await using door = stripeDoor(vendor.url, stripeConfig({ retry: { attempts: 4, baseMs: 1 } }));
    expect(await door.send(read(), testScope())).toMatchObject({ status: 503 });
    expect(vendor.seen).toHaveLength(4);
  });

  it('repeats a read whose connection was reset', async () => {
    await using vendor = await startVendor((_request, response, count) => {
      if (count === 1) response.destroy();
      else sendJson(response, {});
    });
    await using door = stripeDoor(vendor.url);
    expect(await door.send(read(), testScope())).toMatchObject({ status: 200 });
    expect(vendor.seen).toHaveLength(2);
  });

  it.each([503, 429, 0])('never repeats a write (%i)', async (status) => {
    await using vendor = await startVendor((_request, response) => {
      if (status === 0) response.destroy();
      else sendJson(response, {}, status, { 'retry-after': '0' });
    });
    await using door = stripeDoor(vendor.url, stripeConfig({ retry: { attempts: 5, baseMs: 1 } }));
    await door
      .send(write(), testScope())
      .catch((error: unknown) => expect(error).toMatchObject({ code: 'VENDOR_DOWN' }));
    expect(vendor.seen).toHaveLength(1);
  });

  it('does not repeat what no repetition mends', async () => {
    await using vendor = await startVendor((_request, response) => sendJson(response, {}, 400));
    await using door = stripeDoor(vendor.url);
    await door.send(read(), testScope());
    expect(vendor.seen).toHaveLength(1);
  });

  it('waits as long as the vendor asks', async () => {
    const times: number[] = [];
    await using vendor = await startVendor((_request, response, count) => {
      times.push(performance.now());
      sendJson(response, {}, count === 1 ? 429 : 200, { 'retry-after': '1' });
    });
    await using door = stripeDoor(vendor.url);
    expect(await door.send(read(), testScope())).toMatchObject({ status: 200 });
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(990);
  });

  it('gives up at once when the vendor asks for more time than is left', async () => {
    await using vendor = await startVendor((_request, response) =>
      sendJson(response, {}, 429, { 'retry-after': '30' }),
    );
    await using door = stripeDoor(vendor.url);
    const started = performance.now();
    expect(await door.send(read(), testScope())).toMatchObject({ status: 429, headers: { 'retry-after': '30' } });
    expect(performance.now() - started).toBeLessThan(1_000);
    expect(vendor.seen).toHaveLength(1);
  });

  it('stops waiting when the caller leaves', async () => {
    const caller = new AbortController();
    await using vendor = await startVendor((_request, response) => sendJson(response, {}, 429, { 'retry-after': '5' }));
    const calls: VendorCallRecord[] = [];
    await using door = stripeDoor(vendor.url, stripeConfig(), calls);
    const call = rejection(door.send(read(), testScope({ signal: caller.signal })));
    await vi.waitUntil(() => calls.length === 1);
    caller.abort(new Error('gone'));
    expect(await call).toMatchObject({ message: 'gone' });
  });
});

describe('identical reads', () => {
  it('are one call in one operation, and recorded as shared', async () => {
    await using vendor = await startVendor((_request, response) => sendJson(response, { id: 1 }));
    await using door = stripeDoor(vendor.url);
    const scope = testScope();
    const answers = await Promise.all([1, 2, 3].map(() => door.send(read(), scope)));
    answers.push(await door.send(read(), scope));
    expect(vendor.seen).toHaveLength(1);
    expect(new Set(answers).size).toBe(1);
    expect(scope.records.map((record) => record.cached).sort()).toEqual([false, true, true, true]);
  });

  it('are apart for another principal, operation, body or header', async () => {
    await using vendor = await startVendor((_request, response) => sendJson(response, {}));
    await using door = stripeDoor(vendor.url);
    const scope = testScope();
    await door.send(read(), scope);
    await door.send(read(), testScope());
    await door.send(read(), { ...scope, principal: 'key:other' });
    await door.send(read({ method: 'POST', body: '{}' }), scope);
    await door.send(read({ method: 'POST', body: '{"a":1}' }), scope);
    await door.send(read({ headers: { 'accept-language': 'de' } }), scope);
    expect(vendor.seen).toHaveLength(6);
  });

  it('are asked again after a write', async () => {
    await using vendor = await startVendor((_request, response) => sendJson(response, {}));
    await using door = stripeDoor(vendor.url);
    const scope = testScope();
    await door.send(read(), scope);
    await door.send(write(), scope);
    await door.send(read(), scope);
    expect(vendor.seen.map((request) => request.method)).toEqual(['GET', 'POST', 'GET']);
  });

  it('never share a write', async () => {
    await using vendor = await startVendor((_request, response) => sendJson(response, {}));
    await using door = stripeDoor(vendor.url);
    const scope = testScope();
    await Promise.all([door.send(write(), scope), door.send(write(), scope)]);
    expect(vendor.seen).toHaveLength(2);
  });
});

describe('answers', () => {
  it.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
  ] as const)('are unpacked: %s', async (encoding, compress) => {
    await using vendor = await startVendor((_request, response) => {
      response.writeHead(200, { 'content-encoding': encoding }).end(compress(Buffer.from('{"a":1}')));
    });
    await using door = stripeDoor(vendor.url);
    expect((await door.send(read(), testScope())).body.toString()).toBe('{"a":1}');
  });

  it('that unfold beyond 10 MB are refused', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    await using vendor = await startVendor((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
    });
    await using door = stripeDoor(vendor.url);
    await expect(door.send(read(), testScope())).rejects.toMatchObject({ code: 'VENDOR_BAD_RESPONSE' });
  });

  it('that are larger than 10 MB are refused', async () => {
    await using vendor = await startVendor((_request, response) => {
      for (let part = 0; part < 12; part += 1) response.write(Buffer.alloc(1024 * 1024, 32));
      response.end();
    });
    await using door = stripeDoor(vendor.url);
    await expect(door.send(read(), testScope())).rejects.toMatchObject({ code: 'VENDOR_BAD_RESPONSE' });
  });

  it.each(['gzip', 'zstd-ng', 'gzip, br'])('that are not what they say (%s) are refused', async (encoding) => {
    await using vendor = await startVendor((_request, response) => {
      response.writeHead(200, { 'content-encoding': encoding }).end('{"a":1}');
    });
    await using door = stripeDoor(vendor.url);
    await expect(door.send(read(), testScope())).rejects.toMatchObject({ code: 'VENDOR_BAD_RESPONSE' });
  });
});

describe('a vendor that is not there', () => {
  it('is down when the connection is refused', async () => {
    const vendor = await startVendor(() => undefined);
    await vendor[Symbol.asyncDispose]();
    await using door = stripeDoor(vendor.url);
    await expect(door.send(read(), testScope())).rejects.toMatchObject({
      code: 'VENDOR_DOWN',
      details: { retryable: true },
    });
  });

  it('is down when its name does not resolve', async () => {
    await using door = stripeDoor('http://vendor.invalid');
    await expect(door.send(read(), testScope())).rejects.toMatchObject({ code: 'VENDOR_DOWN' });
  });

  it('sends nonsense when it does not speak HTTP', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined).once('data', () => socket.end('220 mail.example ESMTP\r\n'));
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const address = server.address();
    await using door = stripeDoor(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
    await expect(door.send(read(), testScope())).rejects.toMatchObject({ code: 'VENDOR_BAD_RESPONSE' });
    server.close();
  });

  it('is not connected when nobody configured it', async () => {
    await using door = createVendorDoor({ connections: new Map() });
    await expect(door.send(read(), testScope())).rejects.toMatchObject({ code: 'CONNECTION_MISSING' });
  });
});

describe('the credential', () => {
  it('stands in no error, no record and no answer that repeats it', async () => {
    const ways = [401, 422, 500];
    await using vendor = await startVendor((request, response, count) => {
      const status = ways[count - 1];
      if (status === undefined) response.destroy();
      else
        sendJson(response, { error: { message: `refused ${request.headers.authorization}` } }, status, {
          'x-echo': TOKEN,
        });
    });
    await using door = stripeDoor(vendor.url, stripeConfig({ retry: { attempts: 1 } }));
    const scope = testScope();
    for (const _ of ways) {
      const answer = await door.send(write(), scope);
      expect(answer.body.toString() + JSON.stringify(answer.headers)).not.toContain(TOKEN);
      expect(answer.body.toString()).toContain('[credential]');
    }
    expect(wholeStory(await rejection(door.send(write(), scope)))).not.toContain(TOKEN);
    expect(JSON.stringify(scope.records)).not.toContain(TOKEN);
  });

  it('that is missing stops the call and names the setting only', async () => {
    await using vendor = await startVendor((_request, response) => sendJson(response, {}));
    const authorize = () => {
      throw new GatewayError('CONNECTION_MISSING', 'auth.token: secret://env/STRIPE_TOKEN is not set.');
    };
    await using door = createVendorDoor({
      connections: new Map([['stripe', { config: stripeConfig(), endpoint: vendor.url, authorize }]]),
    });
    await expect(door.send(read(), testScope())).rejects.toMatchObject({
      code: 'CONNECTION_MISSING',
      message: 'There is no credential for Stripe: auth.token: secret://env/STRIPE_TOKEN is not set.',
      details: { vendor: 'stripe', operation: 'stripeCustomer' },
    });
    expect(vendor.seen).toEqual([]);
  });
});
