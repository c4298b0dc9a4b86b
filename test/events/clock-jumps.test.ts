/** Somebody sets the clock of a process while it stores events and retention looks for old ones: months ahead, months back. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { readStored } from './acknowledged.ts';
import { createJumpingClock, faketimeLibrary } from './jumping-clock.ts';
import { makeSqlitePlace } from './sqlite-under-test.ts';

const PROGRAM = fileURLToPath(new URL('pruning-process.ts', import.meta.url));
const SIXTY_DAYS = 60 * 86_400;
const BUSY = { timeout: 20_000 };
const library = faketimeLibrary();

it.skipIf(library === undefined)('deletes no young event because the clock was wrong for a while', async () => {
  using clock = createJumpingClock(library ?? '');
  await using place = await makeSqlitePlace();
  const child = spawn(process.execPath, [PROGRAM, place.path], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...clock.env },
  });
  const ended = once(child, 'close');
  const looks: number[] = [];
  child.stdout.on('data', (chunk: Buffer) => looks.push(...String(chunk).trim().split('\n').map(Number)));
  try {
    for (const offset of [0, SIXTY_DAYS, 0, -SIXTY_DAYS, 0]) {
      clock.set(offset);
      const before = looks.length;
      const byThisClock = () => looks.slice(before).filter((look) => Math.abs(look - clock.now()) < 86_400_000);
      await expect.poll(() => byThisClock().length, BUSY).toBeGreaterThan(5);
    }
  } finally {
    child.kill('SIGKILL');
    await ended;
  }
  const numbers = [...(await readStored(place.path)).keys()].map((id) => Number(id.split(':')[1]));
  expect(numbers.length).toBeGreaterThan(20);
  expect(numbers).toEqual(numbers.map((_, index) => index));
});
