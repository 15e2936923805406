-- The queue in the order of the minute, and of arrival within it. In the exact order of time, neighbours of a long queue whose times
-- are spread lie on pages far apart, and each batch touched hundreds of them; what arrived together lies together.
DROP INDEX event_ready;
CREATE INDEX event_ready ON event (pixel, shape, timestamp_ms / 60000) WHERE state = 0;
