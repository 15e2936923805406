-- Which rows are a pixel's: the newest one by one, and what there are many of in blocks, a byte or two an event. The index `event_pixel` took
-- seven times the room. Nothing is moved here: `keepNumbers` takes what that index has in steps (`store.unlisted`: rows below this are in
-- no block yet), until which it is read; then it is dropped. In a new file it is dropped at once.
CREATE TABLE pixel_row (
  pixel INTEGER NOT NULL,
  row INTEGER NOT NULL,
  PRIMARY KEY (pixel, row)
) STRICT, WITHOUT ROWID;

-- first, last: of `rows`, which are gaps as in `delivered`. Rows of accounts that were forgotten stay until the whole block is. What a pixel
-- has in `pixel_row` is newer than its blocks.
CREATE TABLE pixel_block (
  pixel INTEGER NOT NULL,
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  rows BLOB NOT NULL,
  PRIMARY KEY (pixel, first)
) STRICT, WITHOUT ROWID;

INSERT INTO meta SELECT 'store.unlisted', row + 1 FROM event ORDER BY row DESC LIMIT 1;
