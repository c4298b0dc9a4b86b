/** What lies between an event and its answer: the wait for quota, who shares it, and an end that comes meanwhile. */
import { describe, expect, it, onTestFinished } from 'vitest';
import type { AnswerStream } from '../../src/graph/answer-stream.ts';
import type { Admission, Quota } from '../../src/quota/quota.ts';
import { idsOf, take } from '../subscriptions/streams-under-test.ts';
import { openSubscriptions, type Subscriptions } from './subscriptions-under-test.ts';

/** The first answer tells its place. */
async function opened(rig: Subscriptions, variables?: { after?: string }): Promise<AnswerStream & { place: string }> {
  const stream = await rig.open(variables);
  const { value } = await stream.next();
  return Object.assign(stream, { place: String(value.extensions.cursor) });
}

const asksMoreThan = (rig: Subscriptions, count: number) =>
  expect.poll(() => rig.asked.event, { timeout: 5_000 }).toBeGreaterThan(count);

describe('an event whose quota is used up', () => {
  it('is executed, whole and with a fresh deadline, when there is quota again, though its reader was long without it', async () => {
    await using rig = await openSubscriptions({ stalledAfterMs: 200, maxLagMs: 200 });
    const stream = await opened(rig);
    rig.exhaust();
    const answer = stream.next();
    const [id] = await rig.streams.append('stripe invoice.paid');
    // Each wait is 100 ms.
    await asksMoreThan(rig, 3);
    expect(rig.contexts).toEqual([]);
    rig.refill();
    expect((await answer).value).toMatchObject({ data: { events: { id, invoice: 'in_1' } } });
    const then = stream.next();
    const [next] = await rig.streams.append('stripe invoice.paid');
    expect((await then).value).toMatchObject({ data: { events: { id: next } } });
    expect(rig.asked.admitted).toBe(2);
  });

  it('is paid once for all who wait, whoever comes and leaves', async () => {
    await using rig = await openSubscriptions();
    const [one, two] = [await opened(rig), await opened(rig)];
    rig.exhaust();
    const [id] = await rig.streams.append('stripe invoice.paid');
    const left = one.next();
    const answer = two.next();
    await asksMoreThan(rig, 0);
    await one.return?.();
    expect(await left).toEqual({ value: undefined, done: true });
    const late = (await opened(rig, { after: two.place })).next();
    rig.refill();
    for (const { value } of [await answer, await late]) expect(value).toMatchObject({ data: { events: { id } } });
    expect(rig.asked.admitted).toBe(1);
    expect(rig.contexts).toHaveLength(1);
  });

  it('is given up when the last of them has left: nothing is charged, and whoever resumes has it', async () => {
    await using rig = await openSubscriptions();
    const stream = await opened(rig);
    rig.exhaust();
    const [id] = await rig.streams.append('stripe invoice.paid');
    const left = stream.next();
    await asksMoreThan(rig, 0);
    await stream.return?.();
    await left;
    rig.refill();
    const resumed = await opened(rig, { after: stream.place });
    expect((await resumed.next()).value).toMatchObject({ data: { events: { id } } });
    expect(rig.asked.admitted).toBe(1);
    expect(rig.contexts).toHaveLength(1);
  });

  it('does not keep from its reader that the stream has ended, and where it stands', async () => {
    await using rig = await openSubscriptions();
    const stream = await opened(rig);
    rig.exhaust();
    await rig.streams.append('stripe invoice.paid');
    const answer = stream.next();
    await asksMoreThan(rig, 0);
    rig.streams.hub.end('SUBSCRIPTION_SCHEMA_RELOAD');
    await expect(answer).rejects.toMatchObject({
      extensions: { code: 'SUBSCRIPTION_SCHEMA_RELOAD', cursor: stream.place },
    });
    expect(rig.contexts).toEqual([]);
  });

  it('is withheld from a reader who lost the right to it meanwhile, and what he may see comes', async () => {
    await using rig = await openSubscriptions({ lateMs: 0 });
    rig.scopes = ['stripe:read', 'slack:read'];
    const stream = await opened(rig);
    rig.exhaust();
    await rig.streams.append('stripe invoice.paid');
    const answer = stream.next();
    await asksMoreThan(rig, 0);
    rig.scopes = ['slack:read'];
    const [id] = await rig.streams.append('slack message');
    rig.refill();
    expect((await answer).value).toMatchObject({ data: { events: { id } } });
  });
});

it('leaves no failure unhandled of an answer that was begun for a connection that has gone', async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  process.on('unhandledRejection', note);
  onTestFinished(() => void process.off('unhandledRejection', note));
  const failing = Promise.withResolvers<never>();
  // That of its place among the open subscriptions is there.
  const place: Admission = { admitted: true, standing: { policies: [] }, settle() {} };
  const quota: Quota = { admit: (_client, _limits, { isStream }) => (isStream ? place : failing.promise) };
  await using rig = await openSubscriptions({ quota });
  const stream = await opened(rig);
  const ids = await rig.streams.append('stripe a', 'stripe b');
  // The first answer fails for all; the second one lies at hand.
  await using witness = await rig.streams.open({ after: stream.place });
  expect(idsOf(await take(witness, 2))).toEqual(ids);
  const first = stream.next();
  await asksMoreThan(rig, 0);
  failing.reject(new Error('The store of quotas is down.'));
  await expect(first).rejects.toMatchObject({ extensions: { code: 'INTERNAL' } });
  expect(stream.ready?.()).toBeUndefined();
  await new Promise((resolve) => setImmediate(resolve));
  await stream.return?.();
  expect(unhandled).toEqual([]);
});
