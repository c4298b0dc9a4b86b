/** A wall clock that jumps while processes run by it, as one does that somebody sets: libfaketime. Timers go on as ever. */
import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface JumpingClock extends Disposable {
  /** For the processes that go by it. */
  env: Record<string, string>;
  /** How far it is ahead of the true time, negative: behind. A running process follows with its next look. */
  set(offsetSeconds: number): void;
  /** What it shows, epoch milliseconds. */
  now(): number;
}

const NAME = 'libfaketimeMT.so.1';

/** Path of the library; undefined, said aloud, where there is none. */
export function faketimeLibrary(): string | undefined {
  const above = ['/usr/lib', '/usr/lib64', '/usr/local/lib'].filter((path) => existsSync(path));
  const folders = above.flatMap((path) => [path, ...readdirSync(path).map((name) => join(path, name))]);
  const found = folders.map((folder) => join(folder, 'faketime', NAME)).find((path) => existsSync(path));
  if (found === undefined)
    process.stderr.write(`SKIPPED: no ${NAME} here (Debian's package faketime), so no clock of a process can jump.\n`);
  return found;
}

export function createJumpingClock(library: string): JumpingClock {
  const folder = mkdtempSync(join(tmpdir(), 'clock-'));
  const file = join(folder, 'offset');
  let offsetSeconds = 0;
  const set = (seconds: number): void => {
    offsetSeconds = seconds;
    // Never read half written: what it cannot read ends the process.
    writeFileSync(`${file}.new`, `${seconds < 0 ? '' : '+'}${seconds}\n`);
    renameSync(`${file}.new`, file);
  };
  set(0);
  return {
    env: {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      DONT_FAKE_MONOTONIC: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      NO_FAKE_STAT: '1',
    },
    set,
    now: () => Date.now() + offsetSeconds * 1_000,
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}
