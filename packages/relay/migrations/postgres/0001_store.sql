-- works beside: 1
--
-- Where an event is:
--   waits     a row of `queue`: lane 0 ready, 1 not due, -1 apart (it has a row in `suspicion`)
--   sending   its row number is in `lease.rows`
--   delivered its row number is in `delivery.rows`, and never by being nowhere else
--   ended     a row of `ended`: refused, expired, discarded
-- A hold marks a pixel or a shape (`hold`), never an event.
--
-- On the way from accepted to delivered rows are inserted and deleted, none is updated: `account`, `body`, `queue` and `tally` have no
-- updates but where a person or a new arrival changes what an account is about.
--
-- Texts that repeat are numbers of `term`. Texts are kept as `text.ts` writes them (PostgreSQL knows no U+0000 and no lone surrogate).
-- Row numbers are given out in blocks, one relay a block: within a block they rise with arrival, over all they do not.
-- Days are days of the database's own clock since 1970, in UTC.

create table waybill_store.meta (
  key text primary key,
  value text not null
);

create table waybill_store.term (
  term integer generated always as identity primary key,
  text text not null collate "C",
  exclude using hash (text with =)
);

-- In blocks: who takes a number has it and the next 999.
create sequence waybill_store.row_block increment by 1000 start with 1;
create sequence waybill_store.request_block increment by 1000 start with 1;
create sequence waybill_store.token;

-- One for each key (pixel, id, name). What content replaced another is written over it; the first source stays.
create table waybill_store.account (
  row bigint primary key,
  timestamp_ms bigint not null,
  accepted_ms bigint not null,
  pixel integer not null,
  name integer not null,
  shape integer not null,
  source integer not null,
  -- Of `body`.
  day integer not null,
  -- Of the wire text, UTF-8.
  bytes integer not null,
  -- A term; both or none.
  currency integer,
  amount bigint,
  -- As the content said; null for at once.
  due_ms bigint,
  content bytea not null,
  -- It ended, or gave way to an arrival, and went on.
  is_reopened boolean not null default false,
  -- Null: none could be read. Long ones are cut, with a digest, and stand in full in `long_id`.
  id text collate "C",
  long_id text,
  -- JSON; null for none. What is known of where it comes from stays with the account; contexts are keys of `context`.
  issues text,
  origin text,
  contexts text
);
create unique index account_key on waybill_store.account (pixel, id, name);

-- Wire texts by the day on which they were accepted. A day is dropped whole.
create table waybill_store.body (
  row bigint not null,
  day integer not null,
  wire text not null,
  primary key (day, row)
) partition by range (day);

-- Wire texts that are not in `body`: they outlived their day, or replaced another. They count before `body`.
create table waybill_store.kept_body (
  row bigint primary key,
  wire text not null
);

-- What waits. Inserted and deleted, never updated.
create table waybill_store.queue (
  row bigint not null,
  timestamp_ms bigint not null,
  -- Not to be leased before; in lane 0 it is over.
  due_ms bigint not null,
  pixel integer not null,
  shape integer not null,
  -- Of its own time, as in `minute.ts`.
  minute bigint not null,
  lane smallint not null,
  -- A row of `kept_body` may be there.
  is_kept boolean not null default false,
  -- A row of `tried` may be there.
  is_tried boolean not null default false,
  primary key (row)
);
create index queue_ready on waybill_store.queue (pixel, shape, minute, row) where lane = 0;
create index queue_later on waybill_store.queue (due_ms) where lane <> 0;
create index queue_due on waybill_store.queue (pixel, due_ms) where lane = 1;
create index queue_apart on waybill_store.queue (pixel, due_ms, timestamp_ms, row) where lane = -1;
create index queue_beside on waybill_store.queue (pixel, shape, minute, row) where lane <> 0;

-- Who is leased. Its rows are in no queue; what ran out goes back by a chore of any relay.
create table waybill_store.lease (
  token bigint primary key,
  pixel integer not null,
  -- The relay.
  owner uuid not null,
  -- By the database's clock.
  until timestamptz not null,
  rows int8multirange not null,
  -- All of lane -1.
  is_apart boolean not null
);

-- Requests that went out, by the day on which they were recorded. `lease`, `step`, `parent`: which of its lease it was.
create table waybill_store.request (
  seq bigint not null,
  day integer not null,
  pixel integer not null,
  at_ms bigint not null,
  duration_ms double precision not null,
  status integer,
  verdict text not null,
  code text,
  message text,
  request_id text,
  validate_only boolean not null,
  ambiguous boolean not null,
  events integer not null,
  rows int8multirange not null,
  lease bigint,
  step integer,
  parent integer,
  -- Field -> events to which a context added it; JSON.
  added text,
  recorded timestamptz not null default clock_timestamp(),
  primary key (day, seq)
) partition by range (day);
create index request_rows on waybill_store.request using gist (int4range(pixel, pixel, '[]'), rows);
create index request_time on waybill_store.request (pixel, at_ms, seq);

-- Events of one pixel that were delivered by one settlement: the list of what was delivered, in its order. `request`: the one whose answer it
-- was, which counts as an attempt unless it only validated (`is_attempt`).
create table waybill_store.delivery (
  seq bigint not null,
  day integer not null,
  pixel integer not null,
  ended_ms bigint not null,
  rows int8multirange not null,
  request bigint,
  is_attempt boolean not null,
  -- Only where the delivery is marked.
  code integer,
  message text,
  primary key (day, seq)
) partition by range (day);
create index delivery_rows on waybill_store.delivery using gist (int4range(pixel, pixel, '[]'), rows);
create index delivery_time on waybill_store.delivery (pixel, ended_ms, seq);
create index delivery_age on waybill_store.delivery (ended_ms);

-- Refused, expired, discarded (as in `state.ts`): what can be replayed.
create table waybill_store.ended (
  row bigint primary key,
  pixel integer not null,
  state smallint not null,
  code integer not null,
  ended_ms bigint not null,
  message text
);
create index ended_age on waybill_store.ended (ended_ms);
create index ended_time on waybill_store.ended (state, pixel, ended_ms, row);
create index ended_reason on waybill_store.ended (state, code, pixel, ended_ms, row);

-- What is known of events that a request carried without delivering them, or that went back with a reason: requests since they were last
-- queued afresh, whether one may have stored it at any time, and what the last answer said.
create table waybill_store.tried (
  row bigint primary key,
  attempts integer not null default 0,
  may_be_stored boolean not null default false,
  -- Null: that of the account.
  due_ms bigint,
  code text,
  message text
);

-- Why an event is apart; also while it is leased.
create table waybill_store.suspicion (
  row bigint primary key,
  pixel integer not null,
  shape integer not null,
  due_ms bigint not null,
  kind text not null,
  times integer not null,
  first_ms bigint not null,
  code text not null,
  message text not null
);

-- Entries in the life of an account, beside its attempts.
create table waybill_store.passage (
  seq bigint not null,
  day integer not null,
  row bigint not null,
  at_ms bigint not null,
  what text not null,
  code text,
  message text,
  by text,
  primary key (day, seq)
) partition by range (day);
create index passage_row on waybill_store.passage (row, seq);
create sequence waybill_store.passage_seq;

-- A relay that runs. It renews its row; what it has claimed lasts as long.
create table waybill_store.relay (
  relay uuid primary key,
  name text not null,
  renewals bigint not null,
  -- By the database's clock.
  ends timestamptz not null
);

-- Which relay delivers a pixel, and who does the chores (terms ' chores' and ' expiry'). relay null: nobody.
create table waybill_store.claim (
  pixel integer primary key,
  relay uuid,
  note text,
  noted timestamptz,
  given_up timestamptz
);
create index claim_relay on waybill_store.claim (relay);

-- Rises with each hold and resumption.
create table waybill_store.hold_version (
  one boolean primary key check (one),
  version bigint not null
);
insert into waybill_store.hold_version values (true, 0);

-- shape 0: the whole pixel.
create table waybill_store.hold (
  pixel integer not null,
  shape integer not null,
  version bigint not null,
  at_ms bigint not null,
  code text not null,
  message text not null,
  by text not null,
  primary key (pixel, shape)
);

-- How many events there are, as changes: a count is the sum of its rows. Each transaction inserts its own; a chore folds those of finished
-- transactions into one. kind: the lanes of `queue`, and `state.ts`. shape 0 where a kind is not counted by shape.
create table waybill_store.tally (
  xid xid8 not null default pg_current_xact_id(),
  pixel integer not null,
  shape integer not null,
  kind smallint not null,
  events bigint not null
);
create index tally_xid on waybill_store.tally (xid);

-- What the roll-up is made of, as changes: folded into `rollup` and `known` by the chore, in the same transaction. What people read is the sum
-- of both. Columns as in `rollup`; minute: Unix minutes.
create table waybill_store.flow (
  xid xid8 not null default pg_current_xact_id(),
  minute integer not null,
  kind smallint not null,
  pixel integer not null,
  name integer not null,
  shape integer not null,
  source integer not null,
  code integer not null,
  currency integer not null,
  flow bigint not null,
  ends bigint not null,
  flow_money double precision not null,
  ends_money double precision not null
);
create index flow_xid on waybill_store.flow (xid);

-- Folded into `latency`.
create table waybill_store.took (
  xid xid8 not null default pg_current_xact_id(),
  quarter integer not null,
  kind smallint not null,
  pixel integer not null,
  bucket smallint not null,
  events bigint not null
);
create index took_xid on waybill_store.took (xid);

-- grain: 0 a minute, 1 a quarter of an hour, 2 a day of the setting timeZone. time: Unix minutes, of its beginning.
-- flow: what happened then. ends: accounts by the minute of their present end; those that have not ended by that of their acceptance, under
-- kind 6. pixel 0: all of them, by source and code. Elsewhere 0 stands for `other`, or for none. Money in minor units.
create table waybill_store.rollup (
  grain smallint not null,
  time integer not null,
  kind smallint not null,
  pixel integer not null,
  name integer not null,
  shape integer not null,
  source integer not null,
  code integer not null,
  currency integer not null,
  flow bigint not null,
  ends bigint not null,
  flow_money double precision not null,
  ends_money double precision not null,
  primary key (grain, time, kind, pixel, name, shape, source, code, currency)
);

-- The same keys over all times. first, last: Unix minutes of flow.
create table waybill_store.known (
  kind smallint not null,
  pixel integer not null,
  name integer not null,
  shape integer not null,
  source integer not null,
  code integer not null,
  currency integer not null,
  flow bigint not null,
  ends bigint not null,
  flow_money double precision not null,
  ends_money double precision not null,
  first integer not null,
  last integer not null,
  primary key (kind, pixel, name, shape, source, code, currency)
);

create table waybill_store.rollup_day (
  time integer primary key,
  until integer not null
);

create table waybill_store.latency (
  grain smallint not null,
  time integer not null,
  kind smallint not null,
  pixel integer not null,
  bucket smallint not null,
  events bigint not null,
  primary key (grain, time, kind, pixel, bucket)
);

create table waybill_store.sample (
  grain smallint not null,
  time integer not null,
  pixel integer not null,
  queued bigint not null,
  held bigint not null,
  sending bigint not null,
  primary key (grain, time, pixel)
);

-- Events by the keys of their contexts.
create table waybill_store.order_key (
  key text not null collate "C",
  row bigint not null,
  primary key (key, row)
);
create index order_key_row on waybill_store.order_key (row);

create table waybill_store.context (
  pixel integer not null,
  key text not null collate "C",
  at_ms bigint not null,
  value text not null,
  primary key (pixel, key)
);
create index context_age on waybill_store.context (at_ms);

-- What the API took of a pixel, so that a pixel that moves is not asked anew.
create table waybill_store.shape (
  pixel integer not null,
  shape integer not null,
  taken_ms bigint not null,
  primary key (pixel, shape)
);

create table waybill_store.action (
  seq bigint generated always as identity primary key,
  at_ms bigint not null,
  by text not null,
  verb text not null,
  about text not null
);

create table waybill_store.task (
  id bigint generated always as identity primary key,
  state text not null,
  by text not null,
  work text not null,
  selection text not null,
  rate double precision not null,
  started_ms bigint not null,
  ended_ms bigint,
  events bigint not null,
  done bigint not null,
  passed bigint not null,
  last_row bigint not null,
  message text
);

-- What an event was before a task fixed it, until it is delivered: the account's columns and its end, JSON.
create table waybill_store.fixed (
  row bigint primary key,
  task bigint not null,
  before text not null
);
create index fixed_task on waybill_store.fixed (task);

create table waybill_store.mark (
  seq bigint generated always as identity primary key,
  at_ms bigint not null,
  by text not null,
  text text not null,
  pixel text
);
create index mark_time on waybill_store.mark (at_ms);

create table waybill_store.session (
  digest text primary key,
  kind text not null,
  who text not null,
  role text not null,
  pixels text[],
  created_ms bigint not null,
  ends_ms bigint not null
);

-- What is inserted and deleted all the time is cleaned by how much there is of that, not by how large the table is.
alter table waybill_store.queue set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000);
alter table waybill_store.lease set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 200);
alter table waybill_store.tally set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
alter table waybill_store.flow set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
alter table waybill_store.took set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
