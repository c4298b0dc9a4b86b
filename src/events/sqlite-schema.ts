/** The tables of the embedded event log. */

/**
 * The first version. `delivery.events` counts the rows of `event` that belong to it, replays included: at 0 only retention keeps it.
 * `event.body` is null when it is the delivery's `raw`, as it is for most. `event.own_id` is a replay's id; an original is named
 * after its delivery, so that no number that is given out again after a restore makes two events one.
 */
const FIRST = `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  INSERT INTO meta VALUES ('epoch', lower(hex(randomblob(8))));

  CREATE TABLE delivery (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    vendor TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    events INTEGER NOT NULL,
    headers TEXT NOT NULL,
    verified_by TEXT NOT NULL,
    remote_ip TEXT,
    raw BLOB NOT NULL
  ) STRICT;
  CREATE INDEX delivery_eventless ON delivery (vendor, received_at) WHERE events = 0;

  CREATE TABLE event (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    delivery INTEGER NOT NULL,
    ix INTEGER NOT NULL,
    vendor TEXT NOT NULL,
    type TEXT NOT NULL,
    event_id TEXT NOT NULL,
    vendor_time INTEGER,
    received_at INTEGER NOT NULL,
    unsigned TEXT,
    own_id TEXT,
    replay_of TEXT,
    body TEXT
  ) STRICT;
  CREATE INDEX event_vendor ON event (vendor);
  CREATE INDEX event_type ON event (vendor, type);
  CREATE UNIQUE INDEX event_original ON event (delivery, ix) WHERE own_id IS NULL;
  CREATE UNIQUE INDEX event_replay ON event (own_id) WHERE own_id IS NOT NULL;

  CREATE TABLE dedupe (
    vendor TEXT NOT NULL,
    key TEXT NOT NULL,
    body_sha256 TEXT NOT NULL,
    event_seq INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (vendor, key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX dedupe_age ON dedupe (expires_at);

  CREATE TABLE dead_letter (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    delivery INTEGER NOT NULL,
    ix INTEGER,
    vendor TEXT NOT NULL,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    redriven_at INTEGER
  ) STRICT;
  CREATE INDEX dead_letter_delivery ON dead_letter (delivery);
  CREATE INDEX dead_letter_open ON dead_letter (reason) WHERE redriven_at IS NULL;

  CREATE TABLE consumer (
    principal TEXT NOT NULL,
    name TEXT NOT NULL,
    position TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (principal, name)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE pruned (vendor TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE tally (vendor TEXT PRIMARY KEY, events INTEGER NOT NULL, bytes INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE audit (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    principal TEXT NOT NULL,
    action TEXT NOT NULL,
    reason TEXT,
    detail TEXT NOT NULL
  ) STRICT;
`;

/**
 * `consumer.owner` is the stream that opened it last. `dedupe.secret` keeps a key as long as that secret is configured, whatever
 * its time. `dedupe_size.bytes` sums up what is in `dedupe`: in one row, for there is one writer.
 */
const SECOND = `
  ALTER TABLE consumer ADD COLUMN owner TEXT;
  ALTER TABLE dedupe ADD COLUMN secret TEXT;
  DROP INDEX dedupe_age;
  CREATE INDEX dedupe_age ON dedupe (expires_at) WHERE secret IS NULL;
  CREATE INDEX dedupe_held ON dedupe (vendor, secret, expires_at) WHERE secret IS NOT NULL;

  CREATE TABLE dedupe_size (bytes INTEGER NOT NULL) STRICT;
  INSERT INTO dedupe_size SELECT coalesce(sum(2 * octet_length(key) + octet_length(body_sha256) + 40), 0) FROM dedupe;
  CREATE TRIGGER dedupe_grows AFTER INSERT ON dedupe BEGIN
    UPDATE dedupe_size SET bytes = bytes + 2 * octet_length(new.key) + octet_length(new.body_sha256) + 40;
  END;
  CREATE TRIGGER dedupe_shrinks AFTER DELETE ON dedupe BEGIN
    UPDATE dedupe_size SET bytes = bytes - 2 * octet_length(old.key) - octet_length(old.body_sha256) - 40;
  END;
`;

/**
 * An epoch is a run of a gateway: `start` is the last event of before. So a log that was put back to an older state, and has grown
 * since, is told by positions that lie beyond the end of their epoch, or are of one that it does not know.
 */
const THIRD = `
  CREATE TABLE epoch (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, start INTEGER NOT NULL) STRICT;
  INSERT INTO epoch (id, start) SELECT value, 0 FROM meta WHERE name = 'epoch';
  DELETE FROM meta WHERE name = 'epoch';
`;

/** What makes each version of the one before it; the first begins with nothing. */
export const SCHEMA_STEPS: readonly string[] = [FIRST, SECOND, THIRD];
export const SCHEMA_VERSION = SCHEMA_STEPS.length;
