/**
 * The event log alone, killed while it writes and cut off from its power, and the whole gateway killed under load: more rounds
 * of what CI runs few of.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hasPostgres, makeSharedStore } from '../test/streams/databases.ts';
import { killRounds } from '../test/streams/kill-rounds.ts';
import { part } from './part.ts';
import type { Soak } from './soak.ts';

const ROUNDS = 30;
/** What they share: rounds come from the environment. */
const TESTS = [
  'test/events/sqlite-kill.test.ts',
  'test/events/postgres-faults.test.ts',
  'test/events/power-cut/sqlite-power-cut.test.ts',
];
const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** Of one round of one part, on a machine that is busy; and of a part, whatever its rounds. */
const ROUND_MINUTES = 0.5;
const PART_MINUTES = 5;

export const soakKills: Soak = async ({ count = ROUNDS, print }) => {
  const mostMinutes = PART_MINUTES + count * ROUND_MINUTES;
  const kill = async (engine: string, env: Record<string, string> = {}): Promise<void> => {
    const answered = await part(`Kills over ${engine}`, mostMinutes, () => killRounds({ rounds: count, env }));
    print(`${engine}: ${answered} events answered over ${count} kills of the gateway: none missing, doubled or forged`);
  };
  await kill('SQLite');
  if (hasPostgres) {
    await using store = await makeSharedStore();
    await kill('Postgres', store.env);
  }
  print(`${count} rounds each of ${TESTS.join(', ')}`);
  const code = await part('The tests of the event log', mostMinutes, () => runTests(count));
  return code === 0 ? [] : ['tests of the event log failed: see above'];
};

async function runTests(rounds: number): Promise<number> {
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const env = { ...process.env, VENDORGRAPH_KILL_ROUNDS: String(rounds), VENDORGRAPH_POWER_ROUNDS: String(rounds) };
  // A group of its own: a worker that hangs, and what it started, hears nothing else than its end.
  const child = spawn(process.execPath, [vitest, 'run', ...TESTS], {
    cwd: ROOT,
    env,
    stdio: 'inherit',
    detached: true,
  });
  const end = (): void => void process.kill(-(child.pid ?? 0), 'SIGKILL');
  process.once('exit', end);
  const [code] = await once(child, 'close');
  process.off('exit', end);
  return code ?? 1;
}
