-- What is over of `rollup` and of `latency`, many keys to a row: at quarters and days a key has an event or two, and a row of its own took
-- ten times the room of what it says. Nothing is moved here: `keepNumbers` takes rows into packs in steps. Until then, and for what
-- changes later, rows stand beside the packs; a number is the sum of both.

-- Keys of a pixel, numbered from 0. They are never changed or removed.
CREATE TABLE rollup_key (
  pixel INTEGER NOT NULL,
  key INTEGER NOT NULL,
  name INTEGER NOT NULL,
  shape INTEGER NOT NULL,
  source INTEGER NOT NULL,
  code INTEGER NOT NULL,
  currency INTEGER NOT NULL,
  PRIMARY KEY (pixel, key)
) STRICT, WITHOUT ROWID;

-- grain, time and kind as in `rollup`. first, last: the pixels that it has lie between these. cells: `roll-up/pack.ts`, in as many rows as it takes: long ones leave much of their pages empty.
CREATE TABLE rollup_pack (
  seq INTEGER PRIMARY KEY,
  grain INTEGER NOT NULL,
  time INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  cells BLOB NOT NULL
) STRICT;
CREATE INDEX rollup_pack_time ON rollup_pack (grain, time, kind);

-- The same of `latency`.
CREATE TABLE latency_pack (
  seq INTEGER PRIMARY KEY,
  grain INTEGER NOT NULL,
  time INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  cells BLOB NOT NULL
) STRICT;
CREATE INDEX latency_pack_time ON latency_pack (grain, time, kind);
