-- Where an event comes from, as far as it tells one conversion from another under the same key (a JSON object). Apart from the event: what
-- comes over the wire has none.
CREATE TABLE origin (
  row INTEGER PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;
