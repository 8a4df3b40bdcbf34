-- A message's resources lie together in one pack, deflated, and each version knows its place there. What was
-- kept before becomes a pack of its own, as it is, without the version and time that are now spliced in.

CREATE TABLE pack (
    seq INTEGER PRIMARY KEY,
    lane INTEGER NOT NULL,
    data BLOB NOT NULL                  -- deflated (RFC 1950), or JSON as it is
);

INSERT INTO pack (seq, lane, data)
SELECT seq, lane, CAST(substr(text, 1, head) || substr(text, head + stamp + 1 + (substr(text, head + stamp + 1, 1) = ',')) AS BLOB)
FROM (
    SELECT seq, lane, CAST(body AS TEXT) AS text, instr(CAST(body AS TEXT), '"meta":{') + 7 AS head,
           length('"versionId":"' || version || '","lastUpdated":"2026-02-01T09:14:00.000Z"') AS stamp
    FROM (SELECT seq, lane, version, body FROM resource UNION ALL SELECT seq, lane, version, body FROM history)
);

ALTER TABLE resource RENAME TO resource_before;
CREATE TABLE resource (
    seq INTEGER PRIMARY KEY,
    lane INTEGER NOT NULL,
    type TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    latest INTEGER NOT NULL,            -- highest version given; higher than version when one came late
    source_order TEXT NOT NULL,         -- the source's version time
    digest BLOB NOT NULL,               -- hash of the content without versionId and lastUpdated
    pack INTEGER NOT NULL,
    place INTEGER NOT NULL,             -- in the opened pack, in bytes
    size INTEGER NOT NULL
);
INSERT INTO resource (seq, lane, type, id, version, latest, source_order, digest, pack, place, size)
SELECT r.seq, r.lane, r.type, r.id, r.version, r.latest, r.source_order, r.digest, p.seq, 0, length(p.data)
FROM resource_before r JOIN pack p ON p.seq = r.seq;
DROP TABLE resource_before;
CREATE UNIQUE INDEX resource_id ON resource (id, type, lane);
CREATE INDEX resource_type ON resource (type);

ALTER TABLE history RENAME TO history_before;
CREATE TABLE history (
    seq INTEGER PRIMARY KEY,
    lane INTEGER NOT NULL,
    type TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    source_order TEXT NOT NULL,
    digest BLOB NOT NULL,
    pack INTEGER NOT NULL,
    place INTEGER NOT NULL,
    size INTEGER NOT NULL
);
INSERT INTO history (seq, lane, type, id, version, source_order, digest, pack, place, size)
SELECT h.seq, h.lane, h.type, h.id, h.version, h.source_order, h.digest, p.seq, 0, length(p.data)
FROM history_before h JOIN pack p ON p.seq = h.seq;
DROP TABLE history_before;
CREATE UNIQUE INDEX history_version ON history (id, type, lane, version);

ALTER TABLE inbox ADD COLUMN is_deflated INTEGER NOT NULL DEFAULT 0;  -- raw is: 1, or as it came: 0
