-- States of event.state: 0 ready, 1 waiting (not due), 2 delivered, 3 refused, 4 expired, 5 discarded.
-- A lease and a hold are no states of a row: a lease lives in the owner's memory and dies with it; a hold marks a pixel or a
-- shape, so that holding and releasing millions of events touches one row.

CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Texts that repeat in every event: pixels, names, shapes, sources.
CREATE TABLE term (
  term INTEGER PRIMARY KEY,
  text TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE event (
  row INTEGER PRIMARY KEY,
  pixel INTEGER NOT NULL,
  name INTEGER NOT NULL,
  id TEXT,
  content BLOB NOT NULL,
  state INTEGER NOT NULL,
  timestamp_ms INTEGER NOT NULL,
  due_ms INTEGER NOT NULL,
  accepted_ms INTEGER NOT NULL,
  ended_ms INTEGER,
  attempts INTEGER NOT NULL,
  shape INTEGER NOT NULL,
  source INTEGER NOT NULL,
  code TEXT,
  message TEXT,
  issues TEXT
) STRICT;

-- The id as it is and first, not a hash: ids that rise stay together on few pages, and a prefix can be searched.
CREATE UNIQUE INDEX event_key ON event (id, name, pixel) WHERE id IS NOT NULL;
CREATE INDEX event_ready ON event (pixel, shape, timestamp_ms) WHERE state = 0;
CREATE INDEX event_due ON event (pixel, due_ms) WHERE state = 1;
CREATE INDEX event_waiting ON event (pixel, shape, timestamp_ms) WHERE state = 1;
CREATE INDEX event_undelivered ON event (state) WHERE state > 2;
CREATE INDEX event_reason ON event (state, code, pixel, ended_ms) WHERE state > 2;

-- Apart from the event, so that dropping a body frees whole pages and leaves the accounts close together.
CREATE TABLE body (
  row INTEGER PRIMARY KEY,
  wire TEXT NOT NULL
) STRICT;

-- rows: the events as gaps between rising row numbers. width: the bits of last_row - first_row, so that the requests of one
-- event are found with one short range for each width.
CREATE TABLE request (
  seq INTEGER PRIMARY KEY,
  pixel INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  duration_ms REAL NOT NULL,
  status INTEGER,
  verdict TEXT NOT NULL,
  code TEXT,
  message TEXT,
  request_id TEXT,
  validate_only INTEGER NOT NULL,
  ambiguous INTEGER NOT NULL,
  events INTEGER NOT NULL,
  width INTEGER NOT NULL,
  first_row INTEGER NOT NULL,
  last_row INTEGER NOT NULL,
  rows BLOB NOT NULL
) STRICT;
CREATE INDEX request_rows ON request (width, first_row, last_row);

CREATE TABLE passage (
  row INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  what TEXT NOT NULL,
  code TEXT,
  message TEXT,
  by TEXT,
  PRIMARY KEY (row, seq)
) STRICT, WITHOUT ROWID;

-- shape 0: the whole pixel.
CREATE TABLE hold (
  pixel INTEGER NOT NULL,
  shape INTEGER NOT NULL,
  code TEXT NOT NULL,
  message TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  by TEXT NOT NULL,
  PRIMARY KEY (pixel, shape)
) STRICT, WITHOUT ROWID;

CREATE TABLE action (
  seq INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  by TEXT NOT NULL,
  verb TEXT NOT NULL,
  about TEXT NOT NULL
) STRICT;

-- kind: the states of an event, then 6 accounts opened, 7 to 10 ended accounts that were pruned (state + 5).
-- shape is 0 except for kinds 0 and 1.
CREATE TABLE tally (
  pixel INTEGER NOT NULL,
  shape INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  events INTEGER NOT NULL,
  PRIMARY KEY (pixel, shape, kind)
) STRICT, WITHOUT ROWID;
