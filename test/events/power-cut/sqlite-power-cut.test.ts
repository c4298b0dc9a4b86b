/**
 * The power goes while events are stored. A kill leaves what the operating system has in memory; here only what was synced is
 * left, the worst that an honest disk may show.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { appendUntilKilled, expectWhole, readStored } from '../acknowledged.ts';
import { compileShadow, makeShadowDisk } from './shadow-disk.ts';

const ROUNDS = Number(process.env['VENDORGRAPH_POWER_ROUNDS'] ?? 4);
/** A sync copies the whole file: more deliveries would take long. */
const most = (round: number): number => 40 + ((round * 131) % 500);

const folder = mkdtempSync(join(tmpdir(), 'shadow-'));
const library = compileShadow(folder);

describe.skipIf(library === undefined)('the power goes while events are stored', () => {
  afterAll(() => rmSync(folder, { recursive: true }));

  it(`keeps everything it acknowledged over ${ROUNDS} cuts`, { timeout: 10_000 + ROUNDS * 10_000 }, async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      await using disk = await makeShadowDisk(library ?? '');
      const acknowledged = await cutPower(disk, most(round));
      expect(acknowledged.length).toBeGreaterThanOrEqual(most(round));
      await expectWhole(join(disk.shadow, 'events.db'), acknowledged);
    }
  });

  it('would lose acknowledged events if commits did not wait for the disk', { timeout: 60_000 }, async () => {
    await using disk = await makeShadowDisk(library ?? '');
    const acknowledged = await cutPower(disk, 300, 'synchronous=NORMAL');
    const stored = await readStored(join(disk.shadow, 'events.db'));
    expect(acknowledged.filter((id) => !stored.has(id))).not.toEqual([]);
  });
});

function cutPower(
  { live, env }: { live: string; env: NodeJS.ProcessEnv },
  after: number,
  failpoint?: string,
): Promise<string[]> {
  return appendUntilKilled({ path: join(live, 'events.db'), run: 'run', after, env, ...(failpoint && { failpoint }) });
}
