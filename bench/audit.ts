/**
 * What recording costs: CPU of the whole process, threads of the file system included, for each entry. Once with the disk kept
 * busy, once at a calm rate, where groups are small; and how long `audit verify` takes for what was written.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises';
import type { AuditLog } from '../src/audit/audit-log.ts';
import type { AuditEntry } from '../src/audit/entry.ts';
import { createFileAuditLog } from '../src/audit/file-audit-log.ts';
import { verifyAudit } from '../src/audit/verify.ts';
import { createLog } from '../src/observe/log.ts';
import type { BenchOptions } from './benchmark.ts';
import { median } from './median.ts';

const ROUNDS = 5;
/** In one round; five rounds make a million for the verification. */
const ENTRIES = 200_000;
/** Recorded in one turn of the event loop when the log is kept busy. */
const AT_ONCE = 20;
const CALM_PER_SECOND = 1_000;
const CALM_TURN_MS = 10;
const TARGET_US = 20;
const TARGET_VERIFY_S = 5;

export async function runAudit({ rounds = ROUNDS, seconds = 3, print }: BenchOptions): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'vendorgraph-bench-'));
  try {
    const busy: number[] = [];
    let calm: number;
    {
      await using log = createFileAuditLog({ dataDir, log: createLog({ level: 'silent' }) });
      await recordBusily(log, ENTRIES / 10);
      for (let round = 0; round < rounds; round += 1)
        busy.push(await cpuPerEntry(ENTRIES, () => recordBusily(log, ENTRIES)));
      calm = await recordCalmly(log, seconds);
    }
    const startedAt = performance.now();
    const { entries, problem } = await verifyAudit({ dataDir });
    const took = (performance.now() - startedAt) / 1_000;
    if (problem) throw new Error(`The log is broken at entry ${problem.seq}.`);
    print(`\nAudit log, median of ${rounds} rounds of ${ENTRIES} entries\n`);
    print(`recording, busy       ${median(busy).toFixed(1)} µs CPU per entry (target ≤ ${TARGET_US})`);
    print(`recording, ${CALM_PER_SECOND}/s     ${calm.toFixed(1)} µs CPU per entry`);
    const million = (took / entries) * 1_000_000;
    print(`verifying 1,000,000   ${million.toFixed(2)} s, from ${entries} entries (target ≤ ${TARGET_VERIFY_S})\n`);
  } finally {
    await rm(dataDir, { recursive: true });
  }
}

async function recordBusily(log: AuditLog, count: number): Promise<void> {
  for (let done = 0; done < count; ) {
    if (log.record(entryOf(done))) done += 1;
    else await wait(1);
    if (done % AT_ONCE === 0) await turn();
  }
  while (!(await isCommitted(log, entryOf(count)))) await wait(1);
}

/** False as long as too much waits for the disk. */
function isCommitted(log: AuditLog, entry: AuditEntry): Promise<boolean> {
  return log.commit(entry).then(
    () => true,
    () => false,
  );
}

/** What the timers of this loop cost by themselves is taken off. */
async function recordCalmly(log: AuditLog, seconds: number): Promise<number> {
  const perTurn = (CALM_PER_SECOND * CALM_TURN_MS) / 1_000;
  const count = CALM_PER_SECOND * seconds;
  const run = (each: (number: number) => void) =>
    cpuPerEntry(count, async () => {
      for (let done = 0; done < count; done += 1) {
        each(done);
        if (done % perTurn === 0) await wait(CALM_TURN_MS);
      }
    });
  const alone = await run(() => {});
  return (await run((number) => log.record(entryOf(number)))) - alone;
}

/** Microseconds. */
async function cpuPerEntry(entries: number, work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / entries;
}

/** About 500 bytes as a line, like those of a query over three vendors. */
function entryOf(number: number): AuditEntry {
  return {
    requestId: `6f1c2b9e-3a5d-4c7e-9b1a-${String(number).padStart(12, '0')}`,
    kind: 'operation',
    principal: 'key:vg_live_4fQ2',
    client: 'support-console',
    clientKind: 'frontend',
    transport: 'http',
    operationName: 'Customer360',
    operationType: 'query',
    operationHash: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    variables: { email: '[redacted]', first: 20 },
    fields: { EMAIL: ['Person.email'], NAME: ['Person.name'] },
    vendors: { hubspot: 2, stripe: 2, zendesk: 1 },
    outcome: 'ok',
    cost: { estimated: 9, actual: 5 },
  };
}
