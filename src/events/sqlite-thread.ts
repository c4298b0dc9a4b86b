/** Starts the thread that writes, and tells what becomes of it. */
import { Worker } from 'node:worker_threads';
import type { Failpoints } from './failpoint.ts';
import type { FromWriter, Outcome } from './sqlite-jobs.ts';

const PROGRAM = new URL('sqlite-writer-thread.ts', import.meta.url);
/** V8's own choice would be 32 MB, of which a thread that passes bytes on has no use. */
const YOUNG = { maxYoungGenerationSizeMb: 4 };

export interface WriterThreadOptions {
  path: string;
  failpoints: Failpoints;
  /** A group was dealt with. */
  onDone(outcomes: readonly Outcome[]): void;
  /** It wrote, and does no more, for this reason. */
  onEnd(reason: string): void;
}

export type WriterThread = { worker: Worker; reason?: undefined } | { worker?: undefined; reason: string };

/** Resolves when it writes, or with the reason why it cannot. */
export async function startWriterThread({
  path,
  failpoints,
  onDone,
  onEnd,
}: WriterThreadOptions): Promise<WriterThread> {
  const worker = new Worker(PROGRAM, {
    name: 'event log',
    workerData: { path, failpoints },
    execArgv: [],
    resourceLimits: YOUNG,
  });
  let failure: unknown;
  worker.on('error', (error) => {
    failure = error;
  });
  const reason = await firstWord(worker);
  if (reason !== undefined) return { reason };
  worker.on('message', (message: FromWriter) => {
    if (message.kind === 'done') onDone(message.outcomes);
  });
  worker.on('exit', (code) => onEnd(failure instanceof Error ? failure.message : `exit code ${code}`));
  return { worker };
}

/** Undefined: it is ready. A thread that ends without a word has its reason, too. */
async function firstWord(worker: Worker): Promise<string | undefined> {
  const word = new Promise<string | undefined>((resolve) => {
    worker.once('message', (message: FromWriter) => resolve(message.kind === 'refused' ? message.reason : undefined));
    worker.once('error', (error) => resolve(error instanceof Error ? error.message : String(error)));
    worker.once('exit', (code) => resolve(`the writer thread ended with code ${code}`));
  });
  const reason = await word;
  if (reason !== undefined) await worker.terminate();
  return reason;
}
