/** The gateway's process is killed while it records: nothing that was acknowledged may be gone, and its removal must show. */
import { spawn } from 'node:child_process';
import { rm, truncate } from 'node:fs/promises';
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
    const last = `"requestId":"${acknowledged.at(-1)}"`;
    // The kill may have come when a new file had begun below it: from the end, files go until the entry is found.
    for (const file of (await folder.segments()).toReversed()) {
      const text = await folder.text(file);
      const lines = text.split('\n');
      const cut = lines.findIndex((line) => line.includes(last));
      if (cut < 0) await rm(join(folder.auditDir, file));
      else await truncate(join(folder.auditDir, file), Buffer.byteLength(`${lines.slice(0, cut).join('\n')}\n`));
      if (cut >= 0) break;
    }
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
