-- Contexts and links go by digests: a key was what a shop calls an order or a person, often an address. Both tables are made anew, so
-- that no page of the old ones is in use; store.wipe says that what is free in the file is still to be overwritten.
CREATE TABLE context_new (
  pixel INTEGER NOT NULL,
  key TEXT NOT NULL CHECK (length(key) = 43 AND key NOT GLOB '*[^A-Za-z0-9_-]*'),
  value TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (pixel, key)
) STRICT, WITHOUT ROWID;
INSERT INTO context_new SELECT pixel, key_digest(key), value, at_ms FROM context;

CREATE TABLE link_new (
  row INTEGER PRIMARY KEY,
  keys TEXT NOT NULL CHECK (keys NOT GLOB '*[^][",A-Za-z0-9_-]*')
) STRICT;
INSERT INTO link_new SELECT row, (SELECT json_group_array(key_digest(value)) FROM json_each(keys)) FROM link;

INSERT INTO meta SELECT 'store.wipe', 'due'
  WHERE EXISTS (SELECT 1 FROM context) OR EXISTS (SELECT 1 FROM link) OR (SELECT freelist_count FROM pragma_freelist_count) > 0;

DROP TABLE context;
DROP TABLE link;
ALTER TABLE context_new RENAME TO context;
ALTER TABLE link_new RENAME TO link;
CREATE INDEX context_age ON context (at_ms);
