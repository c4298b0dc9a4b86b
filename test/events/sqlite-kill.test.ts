/** The gateway's process is killed while it stores events: what it acknowledged is there, whole and once. */
import { describe, expect, it } from 'vitest';
import { openSqliteLog } from '../../src/events/sqlite-log.ts';
import { appendUntilKilled, expectWhole, readStored } from './acknowledged.ts';
import { killRounds } from './kill-rounds.ts';
import { numberedDelivery } from './numbered-delivery.ts';
import { makeSqlitePlace } from './sqlite-under-test.ts';

const ROUNDS = Number(process.env['VENDORGRAPH_KILL_ROUNDS'] ?? 10);

describe('a process killed while it stores events', () => {
  it(`keeps everything it acknowledged over ${ROUNDS} kills`, { timeout: 10_000 + ROUNDS * 5_000 }, async () => {
    await using place = await makeSqlitePlace();
    const acknowledged = await killRounds(place.path, ROUNDS);
    expect(acknowledged).toBeGreaterThan(ROUNDS * 10);
  });

  it('has nothing of a delivery in the middle of which it died, and takes it whole when it comes again', async () => {
    await using place = await makeSqlitePlace();
    await appendUntilKilled({ path: place.path, run: 'a', failpoint: 'killAfterInserts=2' });
    expect((await readStored(place.path)).size).toBe(0);
    await using log = await openSqliteLog({ path: place.path });
    const again = await log.append(numberedDelivery('a', 0));
    expect(again.events.map(({ outcome }) => outcome)).toEqual(['stored', 'stored', 'stored']);
  });

  it('knows a delivery again that was stored, and never answered', async () => {
    await using place = await makeSqlitePlace();
    const answered = await appendUntilKilled({ path: place.path, run: 'a', failpoint: 'killAfterCommits=1' });
    expect(answered).toEqual([]);
    await expectWhole(place.path, ['a:0']);
    await using log = await openSqliteLog({ path: place.path });
    const again = await log.append({ ...numberedDelivery('a', 0), id: 'again' });
    expect(again.events.map(({ outcome }) => outcome)).toEqual(['duplicate', 'duplicate', 'duplicate']);
  });
});
