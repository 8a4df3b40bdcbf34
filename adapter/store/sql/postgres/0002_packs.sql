-- A message's resources lie together in one pack, deflated, and each version knows its place there. What was
-- kept before becomes a pack of its own, as it is, without the version and time that are now spliced in.

CREATE TABLE pack (
    seq BIGINT NOT NULL,
    lane SMALLINT NOT NULL,
    data BYTEA NOT NULL,                -- deflated (RFC 1950), or JSON as it is
    PRIMARY KEY (seq, lane)
);
ALTER TABLE pack ALTER COLUMN data SET STORAGE EXTERNAL;

INSERT INTO pack (seq, lane, data)
SELECT seq, lane, convert_to(substr(said, 1, head) || CASE substr(said, head + stamp + 1, 1)
           WHEN ',' THEN substr(said, head + stamp + 2) ELSE substr(said, head + stamp + 1) END, 'UTF8')
FROM (
    SELECT seq, lane, convert_from(body, 'UTF8') AS said,
           strpos(convert_from(body, 'UTF8'), '"meta":{') + 7 AS head,
           length('"versionId":"' || version || '","lastUpdated":"2026-02-01T09:14:00.000Z"') AS stamp
    FROM (SELECT seq, lane, version, body FROM resource UNION ALL SELECT seq, lane, version, body FROM history) every
) found;

ALTER TABLE resource ADD COLUMN pack BIGINT NOT NULL DEFAULT 0, ADD COLUMN place INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN size INTEGER NOT NULL DEFAULT 0;
UPDATE resource r SET pack = p.seq, size = length(p.data) FROM pack p WHERE p.seq = r.seq AND p.lane = r.lane;
ALTER TABLE resource DROP COLUMN body, ALTER COLUMN pack DROP DEFAULT, ALTER COLUMN place DROP DEFAULT,
    ALTER COLUMN size DROP DEFAULT;

ALTER TABLE history ADD COLUMN pack BIGINT NOT NULL DEFAULT 0, ADD COLUMN place INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN size INTEGER NOT NULL DEFAULT 0;
UPDATE history h SET pack = p.seq, size = length(p.data) FROM pack p WHERE p.seq = h.seq AND p.lane = h.lane;
ALTER TABLE history DROP COLUMN body, ALTER COLUMN pack DROP DEFAULT, ALTER COLUMN place DROP DEFAULT,
    ALTER COLUMN size DROP DEFAULT;

ALTER TABLE inbox ADD COLUMN is_deflated SMALLINT NOT NULL DEFAULT 0;  -- raw is: 1, or as it came: 0
