-- event.state -1: apart. Such events are spoken against and wait beside the queue; no index of the queue has them.
-- Why, and what is needed to find them in their own order; a row for each, from the first word against it to its end.
CREATE TABLE suspicion (
  row INTEGER PRIMARY KEY,
  pixel INTEGER NOT NULL,
  shape INTEGER NOT NULL,
  timestamp_ms INTEGER NOT NULL,
  due_ms INTEGER NOT NULL,
  kind TEXT NOT NULL,
  times INTEGER NOT NULL,
  first_ms INTEGER NOT NULL,
  code TEXT NOT NULL,
  message TEXT NOT NULL
) STRICT;
CREATE INDEX suspicion_due ON suspicion (pixel, shape, due_ms, timestamp_ms);
CREATE INDEX suspicion_age ON suspicion (pixel, shape, timestamp_ms);
CREATE INDEX suspicion_kind ON suspicion (pixel, kind);

-- Whether a request that was recorded may have stored it at the API. Asked only of what was accepted since the store was opened.
ALTER TABLE event ADD COLUMN may_be_stored INTEGER NOT NULL DEFAULT 0;
