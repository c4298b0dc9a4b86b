/** The ledger: gateways killed under load, on both engines, with a vendor that tries again and subscribers that resume. */
import { expect, it } from 'vitest';
import { FAILPOINT_VARIABLE } from '../../src/events/failpoint.ts';
import { hasPostgres, makeSharedStore } from './databases.ts';
import { follow } from './follower.ts';
import { killRounds } from './kill-rounds.ts';
import { expectSound } from './ledger.ts';
import { STRIPE_SECRET, startRunningGateway } from './running-gateway.ts';
import { sendStripe, stripeBody } from './stripe-deliveries.ts';
import { PATIENT } from './until.ts';

it('loses and doubles nothing and takes no forgery while a gateway on SQLite is killed under load', async () => {
  expect(await killRounds({ rounds: 3 })).toBeGreaterThan(100);
}, 120_000);

it.runIf(hasPostgres)(
  'loses and doubles nothing and takes no forgery while a gateway on Postgres is killed under load',
  async () => {
    await using store = await makeSharedStore();
    expect(await killRounds({ rounds: 2, env: store.env })).toBeGreaterThan(100);
  },
  120_000,
);

const ENGINES = hasPostgres ? (['SQLite', 'Postgres'] as const) : (['SQLite'] as const);

it.each(ENGINES)(
  'delivers once what was stored in %s when the gateway died before anybody learned of it, and takes its retry for a duplicate',
  async (engine) => {
    await using store = engine === 'Postgres' ? await makeSharedStore() : undefined;
    await using gateway = await startRunningGateway(store?.env, { [FAILPOINT_VARIABLE]: 'killAfterCommits=1' });
    const url = () => gateway.url;
    await using follower = follow({ url, over: 'WebSocket', from: 'LATEST' });
    await follower.subscription().opened;
    const body = stripeBody({ id: 'evt_unanswered' });
    await expect(sendStripe(gateway.url, body, STRIPE_SECRET)).rejects.toThrow('fetch failed');
    expect(await gateway.ended()).toMatchObject({ signal: 'SIGKILL' });
    expect(follower.received).toEqual([]);

    await gateway.start();
    await expect.poll(() => follower.received, PATIENT).toEqual(['evt_unanswered']);
    expect(await sendStripe(gateway.url, body, STRIPE_SECRET)).toBe(200);
    expect(await sendStripe(gateway.url, stripeBody({ id: 'evt_next' }), STRIPE_SECRET)).toBe(200);
    await expect.poll(() => follower.received, PATIENT).toContain('evt_next');
    expect(follower.received).toEqual(['evt_unanswered', 'evt_next']);
    expectSound(follower);
  },
);
