-- What people read, without counting rows. Nothing here is filled with what is there already: `keepNumbers` does that in steps
-- (`store.uncounted`: accounts below this row are not counted yet), so that a large file opens at once.

ALTER TABLE event ADD COLUMN amount INTEGER;
-- A term.
ALTER TABLE event ADD COLUMN currency INTEGER;
CREATE INDEX event_pixel ON event (pixel);

-- grain: 0 a minute, 1 a quarter of an hour, 2 a day of the setting timeZone. time: Unix minutes, of its beginning.
-- kind: as in `tally`, and more (`state.ts`). pixel 0: all of them, by source and code. Elsewhere 0 stands for `other`, or for none.
-- flow: what happened then. ends: accounts by the minute of their present end, and under kind 6 those that have not ended, by the minute of
-- their acceptance. Money in minor units; REAL, because a sum of anybody's numbers must not overflow.
CREATE TABLE rollup (
  grain INTEGER NOT NULL,
  time INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  pixel INTEGER NOT NULL,
  name INTEGER NOT NULL,
  shape INTEGER NOT NULL,
  source INTEGER NOT NULL,
  code INTEGER NOT NULL,
  currency INTEGER NOT NULL,
  flow INTEGER NOT NULL,
  ends INTEGER NOT NULL,
  flow_money REAL NOT NULL,
  ends_money REAL NOT NULL,
  PRIMARY KEY (grain, time, kind, pixel, name, shape, source, code, currency)
) STRICT, WITHOUT ROWID;

-- The same keys over all times: what is known, and the totals of lists.
CREATE TABLE known (
  kind INTEGER NOT NULL,
  pixel INTEGER NOT NULL,
  name INTEGER NOT NULL,
  shape INTEGER NOT NULL,
  source INTEGER NOT NULL,
  code INTEGER NOT NULL,
  currency INTEGER NOT NULL,
  flow INTEGER NOT NULL,
  ends INTEGER NOT NULL,
  flow_money REAL NOT NULL,
  ends_money REAL NOT NULL,
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  PRIMARY KEY (kind, pixel, name, shape, source, code, currency)
) STRICT, WITHOUT ROWID;

-- Days that are over, in Unix minutes.
CREATE TABLE rollup_day (
  time INTEGER PRIMARY KEY,
  until INTEGER NOT NULL
) STRICT;

-- By quarter of an hour and day. kind 2: event to delivery, 6: event to acceptance. bucket: 8 an octave of milliseconds.
CREATE TABLE latency (
  grain INTEGER NOT NULL,
  time INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  pixel INTEGER NOT NULL,
  bucket INTEGER NOT NULL,
  events INTEGER NOT NULL,
  PRIMARY KEY (grain, time, kind, pixel, bucket)
) STRICT, WITHOUT ROWID;

-- What waited, looked at once a minute; of a longer time the most.
CREATE TABLE sample (
  grain INTEGER NOT NULL,
  time INTEGER NOT NULL,
  pixel INTEGER NOT NULL,
  queued INTEGER NOT NULL,
  held INTEGER NOT NULL,
  sending INTEGER NOT NULL,
  PRIMARY KEY (grain, time, pixel)
) STRICT, WITHOUT ROWID;

-- Rows that were accepted in a minute lie between these.
CREATE TABLE arrival (
  minute INTEGER PRIMARY KEY,
  first INTEGER NOT NULL,
  last INTEGER NOT NULL
) STRICT;

-- Events of one pixel that were delivered at one moment, as gaps between rising rows: an index in blocks, a byte or two an event.
CREATE TABLE delivery (
  seq INTEGER PRIMARY KEY,
  pixel INTEGER NOT NULL,
  ended_ms INTEGER NOT NULL,
  rows BLOB NOT NULL
) STRICT;
CREATE INDEX delivery_time ON delivery (pixel, ended_ms);

-- Which lease a request belongs to, the how manieth of it it was, and the one whose group it took its events from.
ALTER TABLE request ADD COLUMN lease INTEGER;
ALTER TABLE request ADD COLUMN step INTEGER;
ALTER TABLE request ADD COLUMN parent INTEGER;
CREATE INDEX request_pixel ON request (pixel);
CREATE INDEX request_verdict ON request (verdict) WHERE verdict <> 'delivered';
CREATE INDEX request_lease ON request (lease) WHERE parent IS NOT NULL OR verdict <> 'delivered';

-- Events by the keys of their contexts.
CREATE TABLE order_key (
  key TEXT NOT NULL,
  row INTEGER NOT NULL,
  PRIMARY KEY (key, row)
) STRICT, WITHOUT ROWID;
INSERT OR IGNORE INTO order_key SELECT value, row FROM link, json_each(keys);

CREATE TABLE moment (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  commits INTEGER NOT NULL
) STRICT;
INSERT INTO moment VALUES (1, 0);
INSERT INTO meta SELECT 'store.uncounted', max(row) + 1 FROM event WHERE TRUE HAVING count(*) > 0;

CREATE TABLE task (
  id INTEGER PRIMARY KEY,
  state TEXT NOT NULL,
  by TEXT NOT NULL,
  work TEXT NOT NULL,
  selection TEXT NOT NULL,
  rate REAL NOT NULL,
  started_ms INTEGER NOT NULL,
  ended_ms INTEGER,
  events INTEGER NOT NULL,
  done INTEGER NOT NULL,
  passed INTEGER NOT NULL,
  last_row INTEGER NOT NULL,
  message TEXT
) STRICT;

-- What an event was before a task fixed it, until it is delivered.
CREATE TABLE fixed (
  row INTEGER PRIMARY KEY,
  task INTEGER NOT NULL,
  wire TEXT,
  content BLOB NOT NULL,
  state INTEGER NOT NULL,
  timestamp_ms INTEGER NOT NULL,
  shape INTEGER NOT NULL,
  ended_ms INTEGER,
  code TEXT,
  message TEXT,
  issues TEXT,
  amount INTEGER,
  currency INTEGER
) STRICT;
CREATE INDEX fixed_task ON fixed (task);

CREATE TABLE mark (
  seq INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  by TEXT NOT NULL,
  text TEXT NOT NULL,
  pixel TEXT
) STRICT;
CREATE INDEX mark_time ON mark (at_ms);

CREATE TABLE session (
  digest TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  who TEXT NOT NULL,
  role TEXT NOT NULL,
  pixels TEXT,
  created_ms INTEGER NOT NULL,
  ends_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
