/** A Node process whose clock starts when it is spawned. */
import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { cpuMs, residentMb, threadsCpuMs } from './process-figures.ts';

const LONGEST_START_MS = 120_000;
const LONGEST_END_MS = 15_000;
const LOOK_EVERY_MS = 5;

export interface ProcessPlan {
  /** What follows `node`. */
  args: readonly string[];
  cwd: string;
  env: Readonly<Record<string, string>>;
  /** Given what the process printed so far, its address as soon as it is ready. Asked again and again. */
  ready(printed: string): Promise<string | undefined>;
}

export interface MeasuredProcess extends AsyncDisposable {
  url: string;
  pid: number;
  /** Since it was spawned. */
  elapsedMs(): number;
  cpuMs(): number;
  /** For what lasts less than a second: finer, of the threads that still run. */
  threadsCpuMs(): number;
  residentMb(): number;
}

/** Resolves when the process is ready. Disposing ends it and waits until it is gone, and its ports with it. */
export async function startMeasured({ args, cwd, env, ready }: ProcessPlan): Promise<MeasuredProcess> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const end = () => endProcess(child, gone);
  let printed = '';
  const read = (chunk: Buffer) => {
    printed += chunk;
  };
  for (const stream of [child.stdout, child.stderr]) stream.on('data', read);
  const elapsedMs = () => performance.now() - startedAt;
  try {
    for (;;) {
      const url = await ready(printed);
      const pid = child.pid ?? 0;
      if (url !== undefined)
        return {
          url,
          pid,
          elapsedMs,
          cpuMs: () => cpuMs(pid),
          threadsCpuMs: () => threadsCpuMs(pid),
          residentMb: () => residentMb(pid),
          [Symbol.asyncDispose]: end,
        };
      if (child.exitCode !== null || elapsedMs() > LONGEST_START_MS)
        throw new Error(`node ${args.join(' ')} did not start:\n${printed.slice(-2_000)}`);
      await wait(LOOK_EVERY_MS);
    }
  } catch (error) {
    await end();
    throw error;
  }
}

async function endProcess(child: ChildProcess, gone: Promise<void>): Promise<void> {
  child.kill('SIGTERM');
  const impatience = setTimeout(() => child.kill('SIGKILL'), LONGEST_END_MS);
  await gone;
  clearTimeout(impatience);
}
