-- What intake refused has no shape and stays to be fixed. Earlier versions left names, phones and odd forms of addresses in it: they are
-- taken out of bodies, reasons, ids and names; store.wipe says that what is free in the file is still to be overwritten.
INSERT OR IGNORE INTO meta SELECT 'store.wipe', 'due' WHERE EXISTS (
  SELECT 1 FROM event LEFT JOIN body ON body.row = event.row
  WHERE state > 2 AND shape = (SELECT term FROM term WHERE text = '')
    AND (safe_event(wire) <> wire OR safe_issues(issues) <> issues
         OR safe_name((SELECT text FROM term WHERE term = event.name)) <> (SELECT text FROM term WHERE term = event.name)));

UPDATE body SET wire = safe_event(wire)
WHERE row IN (SELECT row FROM event WHERE state > 2 AND shape = (SELECT term FROM term WHERE text = ''))
  AND safe_event(wire) <> wire;

UPDATE event SET issues = safe_issues(issues)
WHERE state > 2 AND shape = (SELECT term FROM term WHERE text = '') AND safe_issues(issues) <> issues;

-- An id that was taken out of the body is none any more.
UPDATE event SET id = NULL
WHERE state > 2 AND shape = (SELECT term FROM term WHERE text = '') AND id IS NOT NULL
  AND id IS NOT (SELECT json_extract(wire, '$.id') FROM body WHERE body.row = event.row);

INSERT OR IGNORE INTO term (text)
SELECT safe_name(text) FROM term WHERE safe_name(text) <> text
  AND term IN (SELECT name FROM event WHERE state > 2 AND shape = (SELECT term FROM term WHERE text = ''));
UPDATE event
SET id = NULL, name = (SELECT safe.term FROM term AS safe
                       WHERE safe.text = (SELECT safe_name(raw.text) FROM term AS raw WHERE raw.term = event.name))
WHERE state > 2 AND shape = (SELECT term FROM term WHERE text = '')
  AND safe_name((SELECT text FROM term WHERE term = event.name)) <> (SELECT text FROM term WHERE term = event.name);
DELETE FROM term
WHERE text GLOB 'custom:*' AND safe_name(text) <> text
  AND term NOT IN (SELECT name FROM event UNION SELECT shape FROM event UNION SELECT source FROM event UNION SELECT pixel FROM event);
