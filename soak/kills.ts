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
import type { Soak } from './soak.ts';

const ROUNDS = 30;
/** What they share: rounds come from the environment. */
const TESTS = [
  'test/events/sqlite-kill.test.ts',
  'test/events/postgres-faults.test.ts',
  'test/events/power-cut/sqlite-power-cut.test.ts',
];
const ROOT = fileURLToPath(new URL('..', import.meta.url));

export const soakKills: Soak = async ({ count = ROUNDS, print }) => {
  const answered = await killRounds({ rounds: count });
  print(`SQLite: ${answered} events answered over ${count} kills of the gateway: none missing, doubled or forged`);
  if (hasPostgres) {
    await using store = await makeSharedStore();
    const shared = await killRounds({ rounds: count, env: store.env });
    print(`Postgres: ${shared} events answered over ${count} kills of the gateway: none missing, doubled or forged`);
  }
  print(`${count} rounds each of ${TESTS.join(', ')}`);
  const code = await runTests(count);
  return code === 0 ? [] : ['tests of the event log failed: see above'];
};

async function runTests(rounds: number): Promise<number> {
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const env = { ...process.env, VENDORGRAPH_KILL_ROUNDS: String(rounds), VENDORGRAPH_POWER_ROUNDS: String(rounds) };
  const child = spawn(process.execPath, [vitest, 'run', ...TESTS], { cwd: ROOT, env, stdio: 'inherit' });
  const [code] = await once(child, 'close');
  return code ?? 1;
}
