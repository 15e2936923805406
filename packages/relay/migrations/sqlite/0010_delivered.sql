-- Which events were delivered when, in one tree in place of a table and an index that repeated it. row: the first of `rows`, which are as in
-- `delivery`. Nothing is moved here: `keepNumbers` takes what `delivery` has in steps, until which both are read.
CREATE TABLE delivered (
  pixel INTEGER NOT NULL,
  ended_ms INTEGER NOT NULL,
  row INTEGER NOT NULL,
  rows BLOB NOT NULL,
  PRIMARY KEY (pixel, ended_ms, row)
) STRICT, WITHOUT ROWID;
