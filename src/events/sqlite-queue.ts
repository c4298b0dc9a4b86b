/**
 * What waits for the writer thread, in order and bounded. Who comes while a commit runs shares the next one, so that no timer is
 * needed; who waits too long is let go, for a vendor waits for the answer.
 */
import { GatewayError } from '../errors.ts';
import type { Delivery } from './delivery.ts';
import type { Fault, Job, JobAnswer, Outcome } from './sqlite-jobs.ts';

export interface QueueLimits {
  /** Deliveries and other small jobs. */
  maxWaiting: number;
  maxWaitingBytes: number;
  maxWaitMs: number;
}

/** A delivery is packed only when its group goes. */
export type Work = { delivery: Delivery; at: number } | { job: Job };

export interface Waiting {
  work: Work;
  bytes: number;
  /** Has a group for itself, and waits as long as it takes. */
  isStep: boolean;
  settled: boolean;
  /** By the clock of `performance.now()`. */
  until: number;
  resolve(answer: JobAnswer): void;
  reject(error: GatewayError): void;
}

const GROUP_JOBS = 500;
const GROUP_BYTES = 8 * 1024 * 1024;

export class SqliteQueue {
  readonly #limits: QueueLimits;
  #waiting: Waiting[] = [];
  #underWay: readonly Waiting[] = [];
  #bytes = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(limits: QueueLimits) {
    this.#limits = limits;
  }

  get isEmpty(): boolean {
    return this.#waiting.length + this.#underWay.length === 0;
  }

  get isUnderWay(): boolean {
    return this.#underWay.length > 0;
  }

  add(work: Work): Promise<JobAnswer> {
    const bytes = 'delivery' in work ? bytesOf(work.delivery) : 0;
    const { maxWaiting, maxWaitingBytes, maxWaitMs } = this.#limits;
    const count = this.#waiting.length + this.#underWay.length;
    if (count >= maxWaiting || this.#bytes + bytes > maxWaitingBytes) {
      return Promise.reject(refused('Too many deliveries wait for the event log.'));
    }
    const isStep = 'job' in work && (work.job.kind === 'replay' || work.job.kind === 'prune');
    const until = isStep ? Number.POSITIVE_INFINITY : performance.now() + maxWaitMs;
    this.#bytes += bytes;
    this.#timer ??= setTimeout(() => this.#letGo(), maxWaitMs);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ work, bytes, isStep, settled: false, until, resolve, reject });
    });
  }

  /** What goes into the next commit; empty when nothing waits. `settle` it before the next is taken. */
  takeGroup(): readonly Waiting[] {
    let bytes = 0;
    const end = this.#waiting.findIndex((waiting, index) => {
      bytes += waiting.bytes;
      const isApart = waiting.isStep || this.#waiting[0]?.isStep === true;
      return index > 0 && (isApart || index >= GROUP_JOBS || bytes > GROUP_BYTES);
    });
    this.#underWay = this.#waiting.splice(0, end < 0 ? this.#waiting.length : end);
    return this.#underWay;
  }

  /** Tells those under way what became of them. */
  settle(outcomes: readonly Outcome[]): void {
    const group = this.#underWay;
    this.#underWay = [];
    for (const [index, waiting] of group.entries()) {
      this.#bytes -= waiting.bytes;
      const outcome = outcomes[index];
      if (outcome === undefined || waiting.settled) continue;
      if ('answer' in outcome) waiting.resolve(outcome.answer);
      else waiting.reject(errorOf(outcome.fault));
    }
    if (this.isEmpty) this.#stopTimer();
  }

  /** Rejects all, those under way too: what became of them nobody knows. */
  rejectAll(error: GatewayError): void {
    for (const waiting of [...this.#underWay, ...this.#waiting]) if (!waiting.settled) waiting.reject(error);
    this.#underWay = [];
    this.#waiting = [];
    this.#bytes = 0;
    this.#stopTimer();
  }

  /** Those that are not under way yet leave: nothing of them will be stored. */
  #letGo(): void {
    this.#timer = undefined;
    const now = performance.now();
    const late = [...this.#underWay, ...this.#waiting].filter(({ until, settled }) => until <= now && !settled);
    for (const waiting of late) {
      waiting.settled = true;
      waiting.reject(refused('The event log took too long.'));
    }
    this.#bytes -= this.#waiting.reduce((sum, { settled, bytes }) => (settled ? sum + bytes : sum), 0);
    this.#waiting = this.#waiting.filter(({ settled }) => !settled);
    const next = Math.min(
      ...[...this.#underWay, ...this.#waiting].map(({ until, settled }) => (settled ? Infinity : until)),
    );
    if (Number.isFinite(next)) this.#timer = setTimeout(() => this.#letGo(), Math.max(1, Math.ceil(next - now)));
  }

  #stopTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

/** What it takes in memory, roughly: a batch's elements lie beside its bytes. */
function bytesOf({ raw, events }: Delivery): number {
  return events.length > 1 ? 2 * raw.byteLength : raw.byteLength;
}

export function refused(message: string, cause?: unknown): GatewayError {
  return new GatewayError('INTERNAL', message, { retryable: true, cause });
}

function errorOf(fault: Fault): GatewayError {
  if (fault.of === 'request') return new GatewayError(fault.code, fault.reason, fault.details);
  return refused('The event log could not store it.', new Error(fault.reason));
}
