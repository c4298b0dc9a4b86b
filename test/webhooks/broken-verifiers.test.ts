/**
 * The rigs that prove that nothing forged or replayed gets in, run against receivers that are broken on purpose: a rig that
 * finds nothing there proves nothing elsewhere.
 */
import { afterEach, describe, expect, it, vi } from 'vitest';

const CONSTANT_TIME = '../../src/webhooks/constant-time.ts';
const TIMESTAMP = '../../src/webhooks/timestamp.ts';
const DEDUPE_KEYS = '../../src/webhooks/dedupe-keys.ts';
const CHANGED = 4_000;

type Keys = typeof import('../../src/webhooks/dedupe-keys.ts');
type Times = typeof import('../../src/webhooks/timestamp.ts');

afterEach(() => {
  for (const path of [CONSTANT_TIME, TIMESTAMP, DEDUPE_KEYS]) vi.doUnmock(path);
  vi.resetModules();
});

/** What the mutants found, by kind: `stripe: a header cut: …`. */
async function acceptedKinds(): Promise<Set<string>> {
  vi.resetModules();
  const { runMutants } = await import('./mutants.ts');
  const { accepted } = runMutants({ count: CHANGED, seed: 1 });
  return new Set(accepted.map((what) => what.split(': ')[1] ?? ''));
}

describe('changed deliveries', () => {
  it('are found out where signatures are compared by their beginning', async () => {
    vi.doMock(CONSTANT_TIME, () => ({
      isSameSignature: (claimed: string, expected: string) => expected.startsWith(claimed),
    }));
    expect(await acceptedKinds()).toContain('a header cut');
  });

  it('are found out where signatures may have more behind them', async () => {
    vi.doMock(CONSTANT_TIME, () => ({
      isSameSignature: (claimed: string, expected: string) => claimed.startsWith(expected),
    }));
    expect(await acceptedKinds()).toContain('a header with more');
  });

  it('are found out where upper and lower case are one', async () => {
    vi.doMock(CONSTANT_TIME, () => ({
      isSameSignature: (claimed: string, expected: string) => claimed.toLowerCase() === expected.toLowerCase(),
    }));
    expect(await acceptedKinds()).toContain('another spelling of a header');
  });

  it('are found out where any signature will do', async () => {
    vi.doMock(CONSTANT_TIME, () => ({ isSameSignature: () => true }));
    expect((await acceptedKinds()).size).toBeGreaterThan(10);
  });

  it('are found out where nobody looks at the time', async () => {
    vi.doMock(TIMESTAMP, async (original) => ({ ...(await original<Times>()), timestampFault: () => undefined }));
    expect(await acceptedKinds()).toEqual(new Set(['captured and sent too late or too early']));
  });
});

describe('replayed deliveries', () => {
  it('are found out where a body is known by no hash', async () => {
    expect(await storedOfReplays()).toBe(1);
    vi.doMock(DEDUPE_KEYS, async (original) => ({ ...(await original<Keys>()), identityOf: byHeaderAlone }));
    expect(await storedOfReplays()).toBe(3);
  });
});

const byHeaderAlone: Keys['identityOf'] = (reading, _element, { headers, receivedAt }) => {
  const id = headers[reading.idHeader ?? ''] ?? '';
  const key = { key: `header:${id}`, isBodyHash: false, expiresAt: receivedAt + reading.dedupeMs };
  return { eventId: id, dedupeKeys: [key], isUnsigned: true };
};

/** How many events become of one body of GitHub's under three ids. */
async function storedOfReplays(): Promise<number | undefined> {
  vi.resetModules();
  const { replayUnderFreshIds } = await import('./replay.ts');
  return (await replayUnderFreshIds(['a', 'b', 'c']))['event github stored'];
}
