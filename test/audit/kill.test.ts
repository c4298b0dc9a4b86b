/** The gateway's process is killed while it records: nothing that was acknowledged may be gone, and its removal must show. */
import { spawn } from 'node:child_process';
import { readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { verifyAudit } from '../../src/audit/verify.ts';
import { commitMany, type DataFolder, makeDataFolder } from './log-under-test.ts';

const ROUNDS = 12;
const PROGRAM = fileURLToPath(new URL('committing-process.ts', import.meta.url));

describe('a process killed while it records', () => {
  it(`keeps every acknowledged entry over ${ROUNDS} kills, and its chain`, async () => {
    await using folder = await makeDataFolder();
    const acknowledged: string[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      acknowledged.push(...(await commitUntilKilled(folder, `run${round}`, 1 + ((round * 37) % 90))));
      const verdict = await verifyAudit(folder);
      expect(verdict.problem).toBeUndefined();
      const there = new Set(await folder.requestIds());
      expect(acknowledged.filter((id) => !there.has(id))).toEqual([]);
      expect(there.size).toBe(verdict.entries);
    }
    await using log = folder.open();
    await commitMany(log, 1);
    expect((await verifyAudit(folder)).problem).toBeUndefined();
    expect(acknowledged.length).toBeGreaterThan(ROUNDS);
  });

  it('leaves a head behind that shows when the last acknowledged entry is cut off', async () => {
    await using folder = await makeDataFolder();
    const acknowledged = await commitUntilKilled(folder, 'run', 10);
    const file = (await folder.segments()).at(-1) ?? '';
    const path = join(folder.auditDir, file);
    const text = await readFile(path, 'utf8');
    const lines = text.split('\n');
    const last = acknowledged.at(-1);
    const cut = lines.findIndex((line) => line.includes(`"requestId":"${last}"`));
    // The kill may have come right after a new file began; then it is that file that was cut, to nothing.
    await truncate(
      path,
      Buffer.byteLength(
        lines
          .slice(0, Math.max(0, cut))
          .map((line) => `${line}\n`)
          .join(''),
      ),
    );
    expect((await verifyAudit(folder)).problem).toMatchObject({ found: 'the end of the log' });
  });
});

/** The ids it acknowledged; killed after so many of them, in the midst of more. */
async function commitUntilKilled({ dataDir }: DataFolder, run: string, count: number): Promise<string[]> {
  const child = spawn(process.execPath, [PROGRAM, dataDir, run], { stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => {
    printed += chunk;
    if (printed.split('\n').length > count) child.kill('SIGKILL');
  });
  await new Promise((resolve) => child.once('close', resolve));
  expect(child.signalCode).toBe('SIGKILL');
  // A last line without its end was not printed whole.
  return printed.split('\n').slice(0, -1);
}
