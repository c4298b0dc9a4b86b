/** A process that prints what it did and dies in the middle of it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'vitest';

export interface KilledProcess {
  program: string;
  args: readonly string[];
  /** Killed from outside when it has printed so many lines. Absent: it ends by itself, at a failpoint. */
  after?: number | undefined;
  env?: NodeJS.ProcessEnv | undefined;
}

/** One that has not died by then never will: it says less than it was to say, and writes for ever where nobody ends it. */
const MOST_MS = 60_000;

/** Returns the lines it printed whole. Fails when it did not die as it was to. */
export async function printedUntilKilled({ program, args, after, env }: KilledProcess): Promise<string[]> {
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  let printed = '';
  let isOverdue = false;
  child.stdout.on('data', (chunk: Buffer) => {
    printed += chunk;
    if (after !== undefined && printed.split('\n').length > after) child.kill('SIGKILL');
  });
  const limit = setTimeout(() => {
    isOverdue = true;
    child.kill('SIGKILL');
  }, MOST_MS);
  await once(child, 'close');
  clearTimeout(limit);
  // A last line without its end was not printed whole.
  const lines = printed.split('\n').slice(0, -1);
  const awaited = after === undefined ? 'its failpoint' : `${after} lines`;
  expect(isOverdue, `It came not to ${awaited} within ${MOST_MS} ms: ${lines.length} lines.`).toBe(false);
  expect(child.signalCode).toBe('SIGKILL');
  return lines;
}
