/**
 * A disk that takes no more, for real: the system refuses the process's writes beyond a file size (`prlimit --fsize`, EFBIG), the
 * last one in the middle of a line, as a full disk does. Linux only.
 */
import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { verifyAudit } from '../../src/audit/verify.ts';
import type { Order, Report } from './limited-process.ts';
import { makeDataFolder } from './log-under-test.ts';

const PROGRAM = fileURLToPath(new URL('limited-process.ts', import.meta.url));
const LIMIT = 6_000;

describe.skipIf(process.platform !== 'linux')('a disk that takes no more', () => {
  it('fails commits, keeps records up to a limit, and has all in order when there is room again', async () => {
    await using folder = await makeDataFolder();
    await using process = startLimited(folder.dataDir);
    const kept = ['first'];
    expect(await process.ask('commit', kept)).toMatchObject({ isWritable: true });

    process.limit(LIMIT);
    let refused: Report;
    do {
      kept.push(`w${kept.length}`);
      refused = await process.ask('commit', kept.slice(-1));
    } while (refused.error === undefined);
    expect(refused.error).toEqual({
      code: 'INTERNAL',
      retryable: true,
      text: 'GatewayError: The operation could not be recorded in the audit log.',
    });
    expect(refused).toMatchObject({ isWritable: false, failed: 1, written: kept.length - 1 });
    expect((await verifyAudit(folder)).problem).toBeUndefined();
    expect(await folder.requestIds()).toEqual(kept.slice(0, -1));

    const ids = Array.from({ length: 10_500 }, (_, index) => `r${index}`);
    const { taken } = await process.ask('record', ids);
    // The refused write waits among them.
    expect(taken).toBe(9_999);
    kept.push(...ids.slice(0, taken));
    expect(await process.ask('commit', ['beyond'])).toMatchObject({ isWritable: false, error: { code: 'INTERNAL' } });
    expect((await stat(join(folder.auditDir, 'audit-000000000001.jsonl'))).size).toBeLessThanOrEqual(LIMIT);

    // Tried again and failed again: said once all the same.
    await expect.poll(async () => (await process.ask('state')).failed, { timeout: 15_000 }).toBeGreaterThan(1);
    process.limit('unlimited');
    await expect.poll(async () => (await process.ask('state')).isWritable, { timeout: 15_000 }).toBe(true);
    kept.push('after');
    expect(await process.ask('commit', ['after'])).not.toHaveProperty('error');
    const { logged, written } = await process.ask('end');
    expect(await folder.requestIds()).toEqual(kept);
    expect(written).toBe(kept.length);
    expect(await verifyAudit(folder)).toMatchObject({ entries: kept.length, unsigned: 0 });
    expect((await verifyAudit(folder)).problem).toBeUndefined();
    const said = logged.map(({ level, msg, lost }) => ({ level, msg, lost }));
    expect(said.filter(({ level }) => level === 'error')).toHaveLength(1);
    // 501 records and one commit were not taken.
    expect(said.filter(({ msg }) => msg === 'audit log is written again')).toEqual([
      { level: 'info', msg: 'audit log is written again', lost: 502 },
    ]);
  });

  it('says how many entries are lost when the gateway ends before there is room', async () => {
    await using folder = await makeDataFolder();
    await using process = startLimited(folder.dataDir);
    await process.ask('commit', ['first']);
    process.limit(100);
    await process.ask('record', ['a', 'b']);
    const { logged } = await process.ask('end');
    expect(logged).toContainEqual(expect.objectContaining({ level: 'error', lost: 2 }));
    expect(await folder.requestIds()).toEqual(['first']);
    expect((await verifyAudit(folder)).problem).toBeUndefined();
  });
});

interface LimitedProcess extends AsyncDisposable {
  ask(call: Order['call'], ids?: string[]): Promise<Report>;
  /** How large a file it may write, bytes. */
  limit(bytes: number | 'unlimited'): void;
}

function startLimited(dataDir: string): LimitedProcess {
  const child: ChildProcess = fork(PROGRAM, [dataDir], { stdio: 'inherit' });
  const gone = once(child, 'exit');
  const ended = gone.then(() => Promise.reject(new Error('The process ended.')));
  // Heard by `ask`; that it ends when it was told to is no failure.
  ended.catch(() => {});
  let number = 0;
  return {
    ask(call, ids = []) {
      number += 1;
      const own = number;
      const heard = new Promise<Report>((resolve) => {
        const hear = (report: Report) => {
          if (report.number !== own) return;
          child.off('message', hear);
          resolve(report);
        };
        child.on('message', hear);
        child.send({ number: own, call, ids } satisfies Order);
      });
      return Promise.race([heard, ended]);
    },
    // The soft limit only: the hard one could not be raised again.
    limit: (bytes) => void execFileSync('prlimit', ['--pid', String(child.pid), `--fsize=${bytes}:`]),
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null) child.kill('SIGKILL');
      await gone;
    },
  };
}
