-- Every statement of the PostgreSQL store, by name. Search conditions are in search.sql.

-- name: claim_receipt
-- The first message of an id holds it; the same one at the same time waits here for the first to commit.
INSERT INTO receipts (sender, message_id, lane, inbox_id) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING;

-- name: lock_lanes
-- One writer at a time in a lane; lanes are locked in rising order, in which they are given.
SELECT count(pg_advisory_xact_lock(7001, lane)) FROM unnest(%s::integer[]) AS lane;

-- name: lock_shared
-- One writer at a time of a shared resource; locked after the lanes, in rising order, in which they are given.
SELECT count(pg_advisory_xact_lock(hashtextextended(name, 7002))) FROM unnest(%s::text[]) AS name;

-- name: answer_of_message
-- The stored answer, when these very bytes were here before.
SELECT answer_status, answer_media_type, answer_body FROM inbox WHERE id = %s;

-- name: known
-- Was this very message here, which one first had its id, what were its notes known to say, and fresh numbers
-- for the low bits of seq: one row.
SELECT EXISTS (SELECT 1 FROM inbox WHERE id = %(id)s),
       (SELECT inbox_id FROM receipts WHERE sender = %(sender)s AND message_id = %(message_id)s),
       ARRAY(SELECT ARRAY[note_key, content] FROM note_keys
             WHERE sender = %(sender)s AND note_key = ANY(%(notes)s)),
       ARRAY(SELECT nextval('seq_low') FROM generate_series(1, %(count)s));

-- name: current
-- The current versions of resources by id. Should one stand in two lanes, the newest comes last.
SELECT type, id, lane, seq, version, latest, source_order, digest, pack, place, size
FROM resource WHERE id = ANY(%s) ORDER BY seq;

-- name: numbers
-- Fresh numbers for the low bits of seq.
SELECT nextval('seq_low') FROM generate_series(1, %s);

-- name: message
-- One message with everything about it.
SELECT id, sender, message_id, source, state, received_at, sha256, raw, findings, made,
       answer_status, answer_media_type, answer_body, mapping_version, is_deflated,
       replays,
       COALESCE((SELECT later.id FROM inbox AS later WHERE later.replays = inbox.id AND later.replays <> ''
                 ORDER BY later.received_at DESC, later.id DESC LIMIT 1), '') AS taken_as
FROM inbox WHERE id = %s;

-- name: messages
-- Messages for an operator, the newest first.
SELECT id, sender, message_id, source, state, received_at, sha256, raw, findings, made,
       answer_status, answer_media_type, answer_body, mapping_version, is_deflated, replays,
       COALESCE((SELECT later.id FROM inbox AS later WHERE later.replays = inbox.id AND later.replays <> ''
                 ORDER BY later.received_at DESC, later.id DESC LIMIT 1), '') AS taken_as
FROM inbox WHERE {where} ORDER BY received_at DESC, id DESC LIMIT ?;

-- name: close_message
-- A message is dealt with.
UPDATE inbox SET closed_at = %s WHERE id = %s;

-- name: insert_message
-- Keep a message.
INSERT INTO inbox (id, lane, sender, message_id, source, state, received_at, sha256, findings, made,
                   answer_status, answer_media_type, answer_body, mapping_version, raw, is_deflated,
                   replays)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s);

-- name: insert_notes
-- Notes hold their contents.
INSERT INTO note_keys (sender, lane, note_key, content)
SELECT %s, %s, * FROM unnest(%s::text[], %s::text[]) ON CONFLICT DO NOTHING;

-- name: retire
-- Current versions go to history.
WITH gone AS (DELETE FROM resource WHERE seq = ANY(%s) RETURNING *)
INSERT INTO history (seq, lane, type, id, version, source_order, digest, pack, place, size)
SELECT seq, lane, type, id, version, source_order, digest, pack, place, size FROM gone;

-- name: insert_resources
-- New current versions.
INSERT INTO resource (type, id, lane, seq, version, latest, source_order, digest, pack, place, size)
SELECT * FROM unnest(%s::text[], %s::text[], %s::smallint[], %s::bigint[], %s::integer[], %s::integer[],
                     %s::text[], %s::bytea[], %s::bigint[], %s::integer[], %s::integer[]);

-- name: insert_old
-- A version that came late, or that the same arrival already replaced.
INSERT INTO history (seq, lane, type, id, version, source_order, digest, pack, place, size)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s);

-- name: late
-- Are late versions already in history?
SELECT type, id, source_order, digest, version FROM history WHERE id = ANY(%s);

-- name: insert_pack
-- The resources of a message.
INSERT INTO pack (seq, lane, data) VALUES (%s, %s, %s);

-- name: raise
-- A late version took the next number, or the same content was said again later.
UPDATE resource SET latest = %s, source_order = %s WHERE seq = %s;

-- name: insert_rows
-- Search rows.
WITH new_terms AS (
    INSERT INTO term (term, seq, lane)
    SELECT * FROM unnest(%s::bytea[], %s::bigint[], %s::smallint[]) ON CONFLICT DO NOTHING
), new_periods AS (
    INSERT INTO period (field, low, high, seq, lane)
    SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::smallint[])
    ON CONFLICT DO NOTHING
)
INSERT INTO word (field, word, seq, lane)
SELECT * FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::smallint[]) ON CONFLICT DO NOTHING;

-- name: delete_rows
-- The search rows of versions that are no longer current.
WITH old_terms AS (
    DELETE FROM term t USING unnest(%s::bytea[], %s::bigint[], %s::smallint[]) AS old (term, seq, lane)
    WHERE t.term = old.term AND t.seq = old.seq AND t.lane = old.lane
), old_periods AS (
    DELETE FROM period p
    USING unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::smallint[])
          AS old (field, low, high, seq, lane)
    WHERE p.field = old.field AND p.seq = old.seq AND p.low = old.low AND p.high = old.high
          AND p.lane = old.lane
)
DELETE FROM word w USING unnest(%s::bigint[], %s::text[], %s::bigint[], %s::smallint[])
      AS old (field, word, seq, lane)
WHERE w.field = old.field AND w.word = old.word AND w.seq = old.seq AND w.lane = old.lane;

-- name: read
-- The current version as served.
SELECT type, id, version, seq, place, size, pack FROM resource WHERE id = %s AND type = %s ORDER BY seq DESC LIMIT 1;

-- name: read_history
-- Every version, with what they are ordered by.
SELECT type, id, version, seq, place, size, pack, 1, source_order FROM resource WHERE id = %(id)s AND type = %(type)s
UNION ALL
SELECT type, id, version, seq, place, size, pack, 0, source_order FROM history WHERE id = %(id)s AND type = %(type)s;

-- name: read_version
-- One version, current or not.
SELECT type, id, version, seq, place, size, pack FROM resource WHERE id = %(id)s AND type = %(type)s AND version = %(version)s
UNION ALL
SELECT type, id, version, seq, place, size, pack FROM history WHERE id = %(id)s AND type = %(type)s AND version = %(version)s;

-- name: beat
-- A real write, for readiness.
UPDATE pulse SET beat = beat + 1 WHERE id = 1;
