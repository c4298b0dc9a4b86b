/** The tables. They stand in a schema of their own, so that any database of the company will do, also one that holds other things. */
/** Carries nothing: who listens looks for itself. */
export const CHANNEL = 'vendorgraph_events';
/** Any number; the same for everybody who makes the schema. */
export const SCHEMA_LOCK = 7_636_812_401;

/**
 * The first version. `event.xid` is the number of the transaction that wrote it: readers stop below the oldest one that is still open, so that
 * nothing appears behind them. Text is compared by bytes. `event.bytes` and `delivery.bytes` are what retention counts;
 * `tally` sums them up: a row for each commit, folded together by `prune`, because one row that all commits change would make
 * them wait for each other.
 */
const FIRST = `
create schema if not exists vendorgraph;

create table vendorgraph.meta (name text primary key, value text not null);

create table vendorgraph.delivery (
  id text collate "C" primary key,
  vendor text collate "C" not null,
  received_at bigint not null,
  headers text not null,
  raw bytea,
  raw_sha256 text not null,
  verified_by text not null,
  remote_ip text,
  bytes bigint not null
);
comment on column vendorgraph.delivery.raw is 'null: its only event has the same bytes';
create index delivery_age on vendorgraph.delivery (vendor, received_at);

create sequence vendorgraph.event_seq;
create table vendorgraph.event (
  seq bigint primary key default nextval('vendorgraph.event_seq'),
  xid xid8 not null default pg_current_xact_id(),
  delivery_id text collate "C" not null,
  ix integer not null,
  vendor text collate "C" not null,
  type text collate "C" not null,
  event_id text not null,
  vendor_time bigint,
  received_at bigint not null,
  body text not null,
  bytes bigint not null,
  unsigned text not null,
  replay_of bigint
);
create unique index event_position on vendorgraph.event (xid, seq);
create index event_vendor on vendorgraph.event (vendor, xid, seq);
create unique index event_delivery on vendorgraph.event (delivery_id, ix) where replay_of is null;
create index event_replay on vendorgraph.event (delivery_id) where replay_of is not null;
create index event_age on vendorgraph.event using brin (received_at);

create table vendorgraph.dedupe (
  vendor text collate "C" not null,
  key text collate "C" not null,
  body_sha256 text not null,
  event_seq bigint not null,
  expires_at bigint not null,
  primary key (vendor, key)
);
create index dedupe_age on vendorgraph.dedupe (vendor, expires_at);

create table vendorgraph.dead_letter (
  id bigint generated always as identity primary key,
  delivery_id text collate "C" not null,
  ix integer,
  vendor text collate "C" not null,
  reason text not null,
  detail text not null,
  created_at bigint not null,
  redriven_at bigint
);
create index dead_letter_delivery on vendorgraph.dead_letter (delivery_id);

create table vendorgraph.consumer (
  principal text not null,
  name text not null,
  position text collate "C" not null,
  updated_at bigint not null,
  primary key (principal, name)
);

create table vendorgraph.pruned (vendor text primary key, position text collate "C" not null);
create table vendorgraph.tally (vendor text not null, events bigint not null, bytes bigint not null);

create table vendorgraph.audit (
  id bigint generated always as identity primary key,
  at bigint not null,
  principal text not null,
  action text not null,
  reason text,
  detail text not null
);
`;

/**
 * `event.own_id`: null names an original after its delivery, so that no number that is given out again after a restore makes two
 * events one; a replay has its own; empty, for events of the first version, whose number was their id. `event.replay_of_id` is
 * the id of the event it repeats. `dedupe.secret` keeps a key as long as that secret is configured, whatever its time.
 */
const SECOND = `
create index event_of_delivery on vendorgraph.event (delivery_id);
drop index vendorgraph.event_replay;

alter table vendorgraph.event add column own_id text default '', add column replay_of_id text;
alter table vendorgraph.event alter column own_id drop default;
create unique index event_own_id on vendorgraph.event (own_id) where own_id <> '';

alter table vendorgraph.consumer add column owner text;

alter table vendorgraph.dedupe add column secret text collate "C";
drop index vendorgraph.dedupe_age;
create index dedupe_age on vendorgraph.dedupe (vendor, expires_at) where secret is null;
create index dedupe_held on vendorgraph.dedupe (vendor, secret, expires_at) where secret is not null;
`;

/** What makes each version of the one before it; the first begins with nothing. */
export const SCHEMA_STEPS: readonly string[] = [FIRST, SECOND];
export const SCHEMA_VERSION = SCHEMA_STEPS.length;
