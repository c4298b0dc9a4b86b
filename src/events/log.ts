/**
 * The event log: what vendors told us, in the order in which it was stored. The only truth about events; everything that
 * wakes a reader carries nothing and may get lost. Adapters stand beside this file; `test/events/log.contract.ts` runs
 * against every one.
 */
import type { VendorName } from '../config/vendor-name.ts';
import type { DeadLetterReason, Delivery, NewDeadLetter, NewEvent } from './delivery.ts';

/**
 * A place in the log, just behind an event: hexadecimal, all of one log equally long, and a later one is the greater
 * string. Nothing above the log looks inside it; a cursor carries its bytes.
 */
export type Position = string;

export interface Appended {
  /** One for each event of the delivery, in its order. */
  events: readonly AppendedEvent[];
}

/** `position` of what was stored, else null; a conflict became a dead letter. */
export interface AppendedEvent {
  outcome: 'stored' | 'duplicate' | 'conflict';
  position: Position | null;
}

export function storedEvents(appended: readonly Appended[]): number {
  return appended.reduce((sum, { events }) => sum + events.filter(({ outcome }) => outcome === 'stored').length, 0);
}

export interface LoggedEvent {
  /** Stable and unique in this log; a replay has its own. */
  id: string;
  position: Position;
  deliveryId: string;
  ix: number;
  vendor: VendorName;
  type: string;
  eventId: string;
  vendorTime: number | null;
  /** Of a replay or a redrive: when that was, so that retention counts from then. */
  receivedAt: number;
  /** JSON text. */
  body: string;
  unsigned: readonly string[];
  /** The `id` of the event it repeats; null: it is no replay. */
  replayOf: string | null;
}

/** Events that match any of the clauses; none at all: no event. */
export type EventFilter = readonly FilterClause[];

export interface FilterClause {
  vendor: VendorName;
  /** The vendor's names; one that ends with `*` stands for all that begin so. Absent: every one. */
  types?: readonly string[] | undefined;
}

export interface EventPage {
  /** In the order of their positions, none twice, at or before `scannedTo`. */
  events: readonly LoggedEvent[];
  /** Everything up to here was looked at: the place to read on from, also when nothing matched. */
  scannedTo: Position;
  /**
   * The page reached what could be read then: wait there. That `scannedTo` moved says nothing of it, for the end of a log may
   * move without an event.
   */
  isEnd: boolean;
}

export interface LogPage extends EventPage {
  /** `earliest` of the filter's vendors, no older than the page: of what lies before it something may be missing. */
  earliest: Position;
}

export interface StoredDelivery extends Omit<Delivery, 'events' | 'deadLetters'> {
  /** Of `raw`, hexadecimal. Retention takes bytes and dead letters of a delivery together, once it kept no event of it. */
  rawSha256: string;
}

export interface DeadLetter extends NewDeadLetter {
  id: string;
  deliveryId: string;
  vendor: VendorName;
  createdAt: number;
  redrivenAt: number | null;
}

export interface Consumer {
  principal: string;
  name: string;
  position: Position;
  /** When its position was last moved. */
  updatedAt: number;
  /** Of the stream that opened it last; null: none has. */
  owner: string | null;
}

/** What the operators may read and repeat: by id, or by time, position, vendor and type. */
export interface EventQuery {
  filter: EventFilter;
  ids?: readonly string[] | undefined;
  /** Behind this position … */
  after?: Position | undefined;
  /** … up to and with this one. */
  upTo?: Position | undefined;
  /** Received at this time or later … */
  from?: number | undefined;
  /** … and before this one. */
  to?: number | undefined;
}

/** Who did it, for the log's own record of replays, redrives and prunings. */
export interface Operator {
  principal: string;
  reason?: string | undefined;
}

export interface Retention {
  /** Events of this vendor received earlier go. */
  before: number;
  /** Above so many bytes of raw bodies and events, the oldest go. */
  maxBytes: number;
  /** Dedupe keys whose time is over then go. @default by the log's clock */
  now?: number | undefined;
  /** Ids of the vendor's secrets: dedupe keys of others need to be kept no longer than their time. @default none */
  secrets?: readonly string[] | undefined;
}

export interface BytesLeftQuery {
  /** `Retention.maxBytes`. */
  maxBytes: number;
  /** More than so many are told of no position: it would take a walk through the whole log. */
  within: number;
  /** Of events. */
  positions: readonly Position[];
}

export interface EventLog extends AsyncDisposable {
  /** For messages: `sqlite .data/events.db` or `postgres`; never a credential. */
  readonly name: string;
  /** Length of a position's hexadecimal text. */
  readonly positionLength: number;
  /** Random: 16 hexadecimal digits. What goes with a position, so that `endOf` can tell whether it still means what it meant. */
  epoch(): Promise<string>;
  /**
   * How far positions of this epoch mean something here: the head, of the present one. A position beyond it was given by a log
   * that was put back to an older state since, and so was every one of an epoch that is not known (undefined), or it was ended.
   */
  endOf(epoch: string): Promise<Position | undefined>;
  /** A new epoch, e.g. after a restore: every cursor given before ends with CURSOR_EXPIRED. */
  rollEpoch(by: Operator): Promise<string>;
  /**
   * Resolves when the delivery is on stable storage: all of it or none. Deliveries that come while a commit runs share the
   * next. Rejects with INTERNAL (retryable): nothing of it is stored, or, for a commit that took too long, it may be later.
   */
  append(delivery: Delivery): Promise<Appended>;
  /**
   * False while deliveries are refused because the store takes none. Costs nothing; each question then tries to write something,
   * so that it comes right also where nobody sends deliveries any more.
   */
  isWritable(): boolean;
  /** Behind `after`, at most `limit` events. An empty page means: nothing that matches lies before `scannedTo`. */
  read(after: Position, filter: EventFilter, limit: number): Promise<LogPage>;
  /** The last readable position. Pruning never moves it back. */
  head(): Promise<Position>;
  /** Behind which everything of these vendors is still kept: where a reader starts that wants all there is. */
  earliest(vendors: readonly VendorName[]): Promise<Position>;
  /** Resolves when something may lie beyond `after`, or `signal` aborts. May wake for nothing. */
  waitFor(after: Position, signal: AbortSignal): Promise<void>;

  consumer(principal: string, name: string): Promise<Consumer | undefined>;
  /**
   * Notes who holds a named consumer now, and makes it at `start` when there is none. Returns it as it stands: of two that open
   * it for the first time at once, both get the place of one. Throws LIMIT_EXCEEDED when the principal has MOST_CONSUMERS.
   */
  openConsumer(principal: string, name: string, first: { start: Position; owner: string }): Promise<Consumer>;
  /**
   * Moves a named consumer forward, makes it when there is none; a position at or behind its own changes nothing. Returns where
   * it stands. Throws LIMIT_EXCEEDED as `openConsumer` does.
   */
  commitConsumer(principal: string, name: string, position: Position): Promise<Position>;
  consumers(): Promise<Consumer[]>;
  /** Forgets its place; a stream that is open goes on. False: there is none. */
  removeConsumer(principal: string, name: string, by: Operator): Promise<boolean>;

  /** Newest first when `newestFirst`; at most `limit`. */
  find(query: EventQuery, limit: number, newestFirst?: boolean): Promise<LoggedEvent[]>;
  count(query: EventQuery): Promise<number>;
  delivery(id: string): Promise<StoredDelivery | undefined>;
  /** Appends them anew at the head, in their order, with `replayOf`; in groups, so that the log stays open for others. Returns how many. */
  replay(query: EventQuery, by: Operator): Promise<number>;
  deadLetters(
    query: { vendor?: VendorName; reason?: DeadLetterReason; id?: string; all?: boolean },
    limit: number,
  ): Promise<DeadLetter[]>;
  /**
   * Marks it as done and appends what was made of it now, in one transaction; the delivery itself stays as it is. Throws
   * NOT_FOUND for an unknown id.
   */
  redrive(id: string, events: readonly NewEvent[], by: Operator): Promise<Appended>;
  /** Deletes what retention no longer keeps of a vendor, in small transactions. Returns how many events went. */
  prune(vendor: VendorName, retention: Retention): Promise<number>;
  /** How many bytes more of a vendor, roughly, until `prune` takes the event at each of these positions; undefined: more than `within`. */
  bytesLeft(vendor: VendorName, query: BytesLeftQuery): Promise<(number | undefined)[]>;
  /** Those of whom anything was ever stored. */
  vendors(): Promise<VendorName[]>;
  /** Figures for /metrics; cheap. */
  figures(): Promise<LogFigures>;
  /**
   * Named consumers that have not read all of what they follow, by vendor: those furthest behind first, at most 1,000 consumers.
   * `follows`: whose events a consumer gets; undefined: everybody's.
   */
  unread(follows: (consumer: Consumer) => readonly VendorName[] | undefined): Promise<UnreadEvents[]>;
}

export interface UnreadEvents {
  principal: string;
  name: string;
  vendor: VendorName;
  /** When the oldest of them was received, and where it stands. */
  oldestUnreadAt: number;
  oldestUnread: Position;
}

/** Told by a log as it works. */
export interface LogMeasures {
  /** A group of deliveries reached stable storage with so many new events. */
  committed(events: number): void;
}

export interface LogFigures {
  events: number;
  /** Of raw bodies and events: what `Retention.maxBytes` bounds. */
  bytes: number;
  /** Of dedupe keys, roughly; their time bounds them. */
  keyBytes: number;
  deadLetters: Readonly<Record<string, number>>;
  /** Age of what holds readers back, Postgres only; 0 elsewhere. */
  horizonAgeMs: number;
}
