/**
 * The thread that writes the event log, so that no sync holds up the gateway. Talks in messages of `sqlite-jobs.ts`: a group in,
 * its outcomes out, one group at a time.
 */
import type { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { type Failpoints, killProcess } from './failpoint.ts';
import { Appender } from './sqlite-append.ts';
import { createRecorder } from './sqlite-audit.ts';
import { openForWriting } from './sqlite-connection.ts';
import { createConsumerJobs } from './sqlite-consumers.ts';
import { rollEpochs } from './sqlite-epoch.ts';
import { commitGroup } from './sqlite-group.ts';
import type { FromWriter, Group, Job, JobAnswer, JobOf, ToWriter } from './sqlite-jobs.ts';
import { Pruner } from './sqlite-prune.ts';
import { createRedrive } from './sqlite-redrive.ts';
import { createReplay } from './sqlite-replay.ts';

// Given by `sqlite-writer.ts`, which starts this file and nothing else does.
const { path, failpoints } = workerData as { path: string; failpoints: Failpoints };
const answer = (message: FromWriter): void => parentPort?.postMessage(message);

let commits = 0;

function serve(db: DatabaseSync): void {
  const run = createJobs(db);
  parentPort?.on('message', (message: ToWriter) => {
    if (message === 'end') return end(db);
    if (commits === failpoints.endWriterAfterCommits) process.exit(1);
    if (failpoints.stallMs) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, failpoints.stallMs);
    const outcomes = commitGroup(db, message.jobs, (job) => run(job, message));
    commits += 1;
    if (commits === failpoints.killAfterCommits) killProcess();
    answer({ kind: 'done', outcomes });
  });
  answer({ kind: 'ready' });
}

function createJobs(db: DatabaseSync): (job: Job, group: Group) => JobAnswer {
  const record = createRecorder(db);
  const appender = new Appender(db, failpoints);
  const redrive = createRedrive(db, appender, record);
  const replay = createReplay(db, record);
  const pruner = new Pruner(db, record);
  const consumers = createConsumerJobs(db, record);
  // Writes a row, and changes nothing.
  const probe = db.prepare('UPDATE epoch SET start = start WHERE number = (SELECT max(number) FROM epoch)');

  const rollEpoch = ({ by, at }: JobOf<'rollEpoch'>): string => {
    const epoch = rollEpochs(db);
    record({ action: 'roll-epoch', by, at, detail: JSON.stringify({ epoch }) });
    return epoch;
  };
  return (job, { bytes }) => {
    switch (job.kind) {
      case 'append': {
        const { rawFrom, rawTo } = job.delivery;
        return appender.append(job.delivery, new Uint8Array(bytes, rawFrom, rawTo - rawFrom), job.at);
      }
      case 'redrive':
        return redrive(job);
      case 'commitConsumer':
        return consumers.move(job);
      case 'openConsumer':
        return consumers.open(job);
      case 'removeConsumer':
        return consumers.remove(job);
      case 'rollEpoch':
        return rollEpoch(job);
      case 'probe':
        probe.run();
        return true;
      case 'replay':
        return replay(job);
      case 'prune':
        return pruner.step(job);
    }
  };
}

/** With its port closed, the thread has nothing left to do. */
function end(db: DatabaseSync): void {
  db.close();
  parentPort?.close();
}

try {
  serve(openForWriting(path, failpoints));
} catch (error) {
  answer({ kind: 'refused', reason: error instanceof Error ? error.message : String(error) });
}
