/** The disk is asked at least as often as commits are answered: counted by strace, from outside, so that no library of ours is believed. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { FAILPOINT_VARIABLE } from '../../../src/events/failpoint.ts';

const PROGRAM = fileURLToPath(new URL('../sqlite-appending-process.ts', import.meta.url));
const COMMITS = 40;

const obstacle = stracePrevented();
if (obstacle !== undefined) process.stderr.write(`SKIPPED: syncs cannot be counted: ${obstacle}\n`);

/** Why it cannot be used here; containers often forbid it. */
function stracePrevented(): string | undefined {
  try {
    execFileSync('strace', ['-f', '-o', '/dev/null', 'true'], { stdio: 'pipe' });
    return undefined;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 'strace is not installed.';
    return 'strace may not trace here.';
  }
}

/** Syncs that a process asked for until it had committed so often. */
async function countSyncs(failpoints: string): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'syncs-'));
  try {
    const trace = join(folder, 'trace');
    const traced = [process.execPath, PROGRAM, join(folder, 'events.db'), 'run'];
    const child = spawn('strace', ['-ff', '-qq', '-e', 'trace=fsync,fdatasync', '-o', trace, ...traced], {
      stdio: 'ignore',
      env: { ...process.env, [FAILPOINT_VARIABLE]: failpoints },
    });
    await once(child, 'close');
    const texts = readdirSync(folder).filter((name) => name.startsWith('trace.'));
    const lines = texts.flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'));
    return lines.filter((line) => /^f(data)?sync\(\d+\)\s*= 0$/.test(line)).length;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

it.skipIf(obstacle !== undefined)('syncs once for each commit, or more often', { timeout: 60_000 }, async () => {
  expect(await countSyncs(`killAfterCommits=${COMMITS}`)).toBeGreaterThanOrEqual(COMMITS);
});

it.skipIf(obstacle !== undefined)(
  'would be seen to sync less if commits did not wait',
  { timeout: 60_000 },
  async () => {
    expect(await countSyncs(`killAfterCommits=${COMMITS},synchronous=NORMAL`)).toBeLessThan(COMMITS);
  },
);
