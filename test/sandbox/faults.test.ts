import { describe, expect, it } from 'vitest';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { callTiny, control, startTiny } from './tiny-emulator.ts';

async function setFault(sandbox: Sandbox, fault: Record<string, unknown>) {
  expect(await control(sandbox, 'POST', '/faults', { vendor: 'stripe', ...fault })).toMatchObject({ status: 200 });
}

describe('a fault', () => {
  it('latency delays the answer and leaves it whole', async () => {
    await using sandbox = await startTiny();
    await setFault(sandbox, { kind: 'latency', value: 120 });
    const startedAt = performance.now();
    const response = await callTiny(sandbox, '/rows');
    expect(performance.now() - startedAt).toBeGreaterThan(110);
    expect(await response.json()).toMatchObject({ total: 4 });
  });

  it('status answers in the vendor’s own words and does not reach the route', async () => {
    await using sandbox = await startTiny();
    await setFault(sandbox, { kind: 'status', value: 503 });
    const response = await callTiny(sandbox, '/things', { method: 'POST' });
    expect([response.status, await response.json()]).toEqual([503, { tinyError: 503 }]);
    expect((await control(sandbox, 'GET', '/writes')).json).toMatchObject({ total: 0 });
  });

  it('strikes before the credentials are looked at', async () => {
    await using sandbox = await startTiny();
    await setFault(sandbox, { kind: 'status', value: 502 });
    expect((await fetch(`${sandbox.urls.stripe}/rows`)).status).toBe(502);
  });

  it('reset cuts the connection', async () => {
    await using sandbox = await startTiny();
    await setFault(sandbox, { kind: 'reset' });
    await expect(callTiny(sandbox, '/rows')).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
  });

  it('blackhole never answers, and the sandbox can still end', async () => {
    const sandbox = await startTiny();
    await setFault(sandbox, { kind: 'blackhole', operation: 'rows' });
    const leaving = new AbortController();
    const left = expect(callTiny(sandbox, '/rows', { signal: leaving.signal })).rejects.toMatchObject({
      name: 'AbortError',
    });
    const cut = expect(callTiny(sandbox, '/rows')).rejects.toThrow('fetch failed');
    await expect.poll(async () => (await control(sandbox, 'GET', '/calls')).json['total']).toBe(2);
    expect((await callTiny(sandbox, '/things')).status).toBe(200);
    leaving.abort();
    await left;
    await sandbox[Symbol.asyncDispose]();
    await cut;
  });

  it('ratelimit is the vendor’s own 429 with the wait that was asked for', async () => {
    await using sandbox = await startTiny();
    await setFault(sandbox, { kind: 'ratelimit', value: 7 });
    const response = await callTiny(sandbox, '/rows');
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '7']);
  });

  it('garbage is a 200 whose body is no JSON', async () => {
    await using sandbox = await startTiny();
    await setFault(sandbox, { kind: 'garbage' });
    const response = await callTiny(sandbox, '/rows');
    expect(response.status).toBe(200);
    await expect(response.json()).rejects.toThrow(SyntaxError);
  });

  it('reorder turns the rows round, drop leaves out every second one, duplicate sends each twice, and none touches other arrays', async () => {
    await using sandbox = await startTiny();
    await setFault(sandbox, { kind: 'reorder', times: 1 });
    const page = { rows: [{ id: 4 }, { id: 3 }, { id: 2 }, { id: 1 }], tags: ['a', 'b'] };
    expect(await (await callTiny(sandbox, '/rows')).json()).toEqual({ total: 4, page });
    await setFault(sandbox, { kind: 'drop', times: 1 });
    expect(await (await callTiny(sandbox, '/rows')).json()).toMatchObject({
      page: { rows: [{ id: 1 }, { id: 3 }], tags: ['a', 'b'] },
    });
    await setFault(sandbox, { kind: 'duplicate', times: 1 });
    expect(await (await callTiny(sandbox, '/rows')).json()).toMatchObject({
      page: { rows: [1, 1, 2, 2, 3, 3, 4, 4].map((id) => ({ id })), tags: ['a', 'b'] },
    });
    expect(await (await callTiny(sandbox, '/rows')).json()).toMatchObject({
      page: { rows: [{ id: 1 }, { id: 2 }, { id: 3 }, { id: 4 }] },
    });
  });

  it('reorder works on an answer that is an array itself', async () => {
    await using sandbox = await startTiny();
    for (let count = 0; count < 2; count += 1) await callTiny(sandbox, '/things', { method: 'POST' });
    await setFault(sandbox, { kind: 'reorder' });
    expect(await (await callTiny(sandbox, '/things')).json()).toEqual([{ id: 't2' }, { id: 't1' }]);
  });

  it('strikes as often as it says, only where it says, until it is deleted', async () => {
    await using sandbox = await startTiny();
    await setFault(sandbox, { kind: 'status', value: 500, operation: 'rows', times: 2 });
    await setFault(sandbox, { kind: 'status', value: 501, operation: 'things' });
    const statuses = async (path: string) => {
      const seen: number[] = [];
      for (let count = 0; count < 3; count += 1) seen.push((await callTiny(sandbox, path)).status);
      return seen;
    };
    expect(await statuses('/things/1')).toEqual([200, 200, 200]);
    expect(await statuses('/rows')).toEqual([500, 500, 200]);
    expect(await statuses('/things')).toEqual([501, 501, 501]);
    expect((await control(sandbox, 'GET', '/faults')).json).toEqual({
      faults: [{ vendor: 'stripe', kind: 'status', operation: 'things', value: 501 }],
    });
    await control(sandbox, 'DELETE', '/faults');
    expect(await statuses('/things')).toEqual([200, 200, 200]);
  });

  it('is refused, with what would be right, when it could never strike as meant', async () => {
    await using sandbox = await startTiny();
    const refused: [Record<string, unknown> | unknown[], RegExp][] = [
      [{ vendor: 'strip', kind: 'reset' }, /vendor must be one of: hubspot, stripe/],
      [{ vendor: 'hubspot', kind: 'reset' }, /hubspot does not run here; running: stripe/],
      [{ vendor: 'stripe', kind: 'explode' }, /kind must be one of: latency/],
      [{ vendor: 'stripe', kind: 'reset', operation: 'rowz' }, /operation must be one of: rows, createThing/],
      [{ vendor: 'stripe', kind: 'latency' }, /latency needs a value/],
      [
        { vendor: 'stripe', kind: 'status', value: 200 },
        /value \(an HTTP status\) must be a whole number from 400 to 599/,
      ],
      [{ vendor: 'stripe', kind: 'drop', value: 3 }, /drop takes no value/],
      [{ vendor: 'stripe', kind: 'reset', times: 0 }, /times must be a whole number from 1/],
      [{ vendor: 'stripe', kind: 'reset', time: 1 }, /Unknown field time/],
      [[], /Expected a JSON object/],
    ];
    for (const [fault, message] of refused) {
      const { status, json } = await control(sandbox, 'POST', '/faults', fault);
      expect([status, json['error']]).toEqual([400, expect.stringMatching(message)]);
    }
    expect((await control(sandbox, 'GET', '/faults')).json).toEqual({ faults: [] });
  });
});
