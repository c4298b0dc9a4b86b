import { connect } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { MAX_BODY_BYTES } from '../../src/sandbox/body.ts';
import type { Method, Route } from '../../src/sandbox/emulator.ts';
import { parseForm } from '../../src/sandbox/form.ts';
import { createRouter } from '../../src/sandbox/router.ts';
import { callTiny, control, startTiny } from './tiny-emulator.ts';

const form = (text: string) => parseForm(new URLSearchParams(text));

describe('a form', () => {
  it('nests brackets as objects and lists', () => {
    expect(form('email=a%40b.io&metadata[a]=b&metadata[c d]=e')).toEqual({
      email: 'a@b.io',
      metadata: { a: 'b', 'c d': 'e' },
    });
    expect(form('expand[]=x&expand[]=y')).toEqual({ expand: ['x', 'y'] });
    expect(form('items[0][price]=p1&items[0][quantity]=2&items[1][price]=p2')).toEqual({
      items: [{ price: 'p1', quantity: '2' }, { price: 'p2' }],
    });
  });

  it('keeps indexes with gaps as an object, so that no index makes a huge array', () => {
    expect(form('a[999999999]=x')).toEqual({ a: { '999999999': 'x' } });
  });

  it('takes the last of two pairs with the same name', () => {
    expect(form('a=1&a=2&b[c]=1&b=2')).toEqual({ a: '2', b: '2' });
  });

  it('never reaches a prototype', () => {
    const attack =
      '__proto__[polluted]=1&constructor[prototype][polluted]=1&a[__proto__][polluted]=1&toString[polluted]=1&ok=1';
    const parsed = form(attack);
    expect(parsed).toEqual({ ok: '1', toString: { polluted: '1' } });
    expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect((Object.prototype.toString as unknown as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('ignores brackets deeper than anybody means', () => {
    expect(form(`a${'[b]'.repeat(1_000)}=1&c=2`)).toEqual({ c: '2' });
  });
});

describe('a body', () => {
  it('is parsed by its content type; other types stay bytes', async () => {
    await using sandbox = await startTiny();
    const echo = async (type: string, body: string) => {
      const response = await callTiny(sandbox, '/echo', { method: 'POST', headers: { 'content-type': type }, body });
      return response.json();
    };
    expect(await echo('application/json; charset=utf-8', '{"a":[1,null]}')).toEqual({
      body: { a: [1, null] },
      bytes: 14,
    });
    expect(await echo('application/x-www-form-urlencoded', 'a[b]=c+d')).toEqual({
      body: { a: { b: 'c d' } },
      bytes: 8,
    });
    expect(await echo('multipart/form-data; boundary=x', '--x--')).toEqual({ bytes: 5 });
    expect(await echo('application/json', '')).toEqual({ bytes: 0 });
  });

  it('loses __proto__ keys of JSON, so that merging it into state is harmless', async () => {
    await using sandbox = await startTiny();
    const response = await callTiny(sandbox, '/things', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"a":1,"__proto__":{"admin":true},"b":{"\\u005f_proto__":{"admin":true}}}',
    });
    expect(response.status).toBe(201);
    expect(JSON.stringify((await control(sandbox, 'GET', '/writes')).json)).toContain('"data":{"a":1,"b":{}}');
  });

  it('that is broken JSON gets the vendor’s own 400', async () => {
    await using sandbox = await startTiny();
    const response = await callTiny(sandbox, '/echo', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{',
    });
    expect([response.status, await response.json()]).toEqual([400, { tinyError: 400 }]);
  });

  it('that is too large gets 413 before it has come to its end', async () => {
    await using sandbox = await startTiny();
    const answer = Promise.withResolvers<string>();
    const { port } = new URL(sandbox.urls.stripe);
    const socket = connect(Number(port), '127.0.0.1');
    socket.on('error', () => {});
    socket.once('data', (bytes) => answer.resolve(String(bytes).slice(0, 12)));
    socket.write(`POST /echo HTTP/1.1\r\nhost: tiny\r\ncontent-length: ${2 * MAX_BODY_BYTES}\r\n\r\n`);
    socket.write(Buffer.alloc(MAX_BODY_BYTES + 1));
    expect(await answer.promise).toBe('HTTP/1.1 413');
    socket.destroy();
  });
});

describe('a route', () => {
  const route = (method: Method | Method[], path: string): Route => ({
    method,
    path,
    operation: path,
    handle: () => ({ status: 200 }),
  });
  const match = (method: Method, path: string, ...routes: Route[]) => {
    const found = createRouter(routes).match(method, path);
    return found && [found.route.operation, found.params];
  };

  it('with a literal wins over one with a parameter, unless its method or its rest does not fit', () => {
    const routes = [
      route('GET', '/a/:id'),
      route('GET', '/a/me'),
      route('POST', '/a/:name/x'),
      route('GET', '/a/me/y'),
    ];
    expect(match('GET', '/a/me', ...routes)).toEqual(['/a/me', {}]);
    expect(match('GET', '/a/you', ...routes)).toEqual(['/a/:id', { id: 'you' }]);
    expect(match('POST', '/a/me/x', ...routes)).toEqual(['/a/:name/x', { name: 'me' }]);
    expect(match('DELETE', '/a/me', ...routes)).toBeUndefined();
    expect(match('GET', '/a/', ...routes)).toBeUndefined();
  });

  it('decodes parameters after matching, so that an encoded slash stays in its segment', () => {
    expect(match('GET', '/a/x%2Fy%20z/b', route('GET', '/a/:id/b'))).toEqual(['/a/:id/b', { id: 'x/y z' }]);
  });

  it('may not be given twice', () => {
    expect(() => createRouter([route('GET', '/a/:id'), route(['PUT', 'GET'], '/a/:name')])).toThrow(
      'Two routes for GET /a/:name.',
    );
  });
});

describe('a request', () => {
  it('without credentials meets the guard, also where there is nothing', async () => {
    await using sandbox = await startTiny();
    expect((await fetch(`${sandbox.urls.stripe}/rows`)).status).toBe(401);
    expect((await fetch(`${sandbox.urls.stripe}/nowhere`)).status).toBe(401);
    expect((await callTiny(sandbox, '/nowhere')).status).toBe(404);
    expect((await callTiny(sandbox, '/things/%zz')).status).toBe(400);
  });

  it('whose sender leaves half-way is counted, and is nobody’s failure', async () => {
    await using sandbox = await startTiny();
    const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const socket = connect(Number(new URL(sandbox.urls.stripe).port), '127.0.0.1');
    socket.write('POST /echo HTTP/1.1\r\nhost: tiny\r\ncontent-length: 100\r\n\r\nhalf of it');
    await expect.poll(async () => (await control(sandbox, 'GET', '/calls')).json['total']).toBe(1);
    await new Promise<void>((resolve) => socket.destroy().once('close', resolve));
    await callTiny(sandbox, '/rows');
    const lines = stderr.mock.calls.length;
    stderr.mockRestore();
    expect(lines).toBe(0);
    expect((await control(sandbox, 'GET', '/calls')).json['log']).toMatchObject([
      { operation: 'echo', status: 0 },
      { status: 200 },
    ]);
  });

  it('whose handler throws gets the vendor’s own 500, and stderr a line', async () => {
    await using sandbox = await startTiny();
    const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const response = await callTiny(sandbox, '/boom');
    const lines = stderr.mock.calls.map(([line]) => String(line));
    stderr.mockRestore();
    expect([response.status, await response.json()]).toEqual([500, { tinyError: 500 }]);
    expect(lines).toEqual([
      expect.stringContaining('sandbox: stripe boom failed: Error: The tiny emulator is broken.'),
    ]);
  });
});
