-- What is known of a business key, such as an order's click reference, until its event is sent or it is too old.
CREATE TABLE context (
  pixel INTEGER NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (pixel, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX context_age ON context (at_ms);

-- Under which keys (a JSON list) the context is that an event is sent with. Apart from the event: most have none.
CREATE TABLE link (
  row INTEGER PRIMARY KEY,
  keys TEXT NOT NULL
) STRICT;
