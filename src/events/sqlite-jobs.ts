/** What the writer thread does, and what it is told: all writing, in groups of jobs that share one transaction. */
import type { ErrorCode, ErrorDetails } from '../errors.ts';
import type { Delivery, NewEvent } from './delivery.ts';
import type { Appended, Consumer, Operator, Position, Retention } from './log.ts';

/** Its bytes lie in the buffer of the group, which is handed over without a copy. */
export interface PackedDelivery extends Omit<Delivery, 'headers' | 'raw' | 'events'> {
  /** JSON text. */
  headers: string;
  rawFrom: number;
  rawTo: number;
  events: readonly PackedEvent[];
}

export interface PackedEvent extends Omit<NewEvent, 'body'> {
  /** Null: the bytes of the delivery. */
  body: string | null;
}

/** `at` is the time by the clock of the log, epoch milliseconds. */
export type Job =
  | { kind: 'append'; delivery: PackedDelivery; at: number }
  | { kind: 'redrive'; id: string; events: readonly NewEvent[]; by: Operator; at: number }
  | { kind: 'openConsumer'; principal: string; name: string; start: Position; owner: string; at: number }
  | { kind: 'commitConsumer'; principal: string; name: string; position: Position; at: number }
  | { kind: 'removeConsumer'; principal: string; name: string; by: Operator; at: number }
  | { kind: 'rollEpoch'; by: Operator; at: number }
  | { kind: 'probe' }
  | ReplayStep
  | PruneStep;

/** Some events of a replay. */
export interface ReplayStep {
  kind: 'replay';
  seqs: readonly number[];
  by: Operator;
  /** JSON text of what was asked for. */
  query: string;
  /** The replay's number in the record; undefined in the first step. */
  act: number | undefined;
  at: number;
}

export interface PruneStep {
  kind: 'prune';
  vendor: string;
  retention: Retention;
  /** Events that went in earlier steps. */
  gone: number;
  at: number;
}

/** What each answers. */
export interface JobAnswers {
  append: Appended;
  redrive: Appended;
  openConsumer: Consumer;
  commitConsumer: Position;
  removeConsumer: boolean;
  rollEpoch: string;
  probe: true;
  replay: { act: number; events: number };
  prune: { gone: number; more: boolean };
}

export type JobKind = Job['kind'];
export type JobOf<Kind extends JobKind> = Extract<Job, { kind: Kind }>;
export type JobAnswer = JobAnswers[JobKind];

/** `store`: no job can be done now. `job`: this one cannot. `request`: as the caller is told. `reason` holds nothing of a row. */
export type Fault =
  | { of: 'store' | 'job'; reason: string }
  | { of: 'request'; reason: string; code: ErrorCode; details: ErrorDetails };

export type Outcome = { answer: JobAnswer } | { fault: Fault };

export interface Group {
  jobs: readonly Job[];
  bytes: ArrayBuffer;
}

export type ToWriter = Group | 'end';

/** One outcome for each job, in their order. */
export type FromWriter =
  | { kind: 'ready' }
  | { kind: 'refused'; reason: string }
  | { kind: 'done'; outcomes: Outcome[] };
