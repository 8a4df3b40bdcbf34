-- Every statement of the SQLite store, by name. Search conditions are in search.sql.

-- name: answer_of_message
-- The stored answer, when these very bytes were here before.
SELECT answer_status, answer_media_type, answer_body FROM inbox WHERE id = ?;

-- name: seen_messages
-- Which of these were here before.
SELECT id FROM inbox WHERE id IN ({values});

-- name: seen_receipts
-- Which message ids of senders were seen before.
SELECT sender, message_id FROM receipts WHERE (sender, message_id) IN (VALUES {values});

-- name: seen_notes
-- Which notes of senders were seen before.
SELECT sender, note_key FROM note_keys WHERE (sender, note_key) IN (VALUES {values});

-- name: first_receipt
-- The inbox row that first had this message id.
SELECT inbox_id FROM receipts WHERE sender = ? AND message_id = ?;

-- name: note_contents
-- What a note was known to say.
SELECT content FROM note_keys WHERE sender = ? AND note_key = ?;

-- name: message
-- One message with everything about it.
SELECT id, sender, message_id, source, state, received_at, sha256, raw, findings, made,
       answer_status, answer_media_type, answer_body, mapping_version, is_deflated,
       replays,
       COALESCE((SELECT later.id FROM inbox AS later WHERE later.replays = inbox.id AND later.replays <> ''
                 ORDER BY later.received_at DESC, later.id DESC LIMIT 1), '') AS taken_as
FROM inbox WHERE id = ?;

-- name: messages
-- Messages for an operator, the newest first.
SELECT id, sender, message_id, source, state, received_at, sha256, raw, findings, made,
       answer_status, answer_media_type, answer_body, mapping_version, is_deflated, replays,
       COALESCE((SELECT later.id FROM inbox AS later WHERE later.replays = inbox.id AND later.replays <> ''
                 ORDER BY later.received_at DESC, later.id DESC LIMIT 1), '') AS taken_as
FROM inbox WHERE {where} ORDER BY received_at DESC, id DESC LIMIT ?;

-- name: close_message
-- A message is dealt with.
UPDATE inbox SET closed_at = ? WHERE id = ?;

-- name: insert_message
-- Keep a message.
INSERT INTO inbox (id, lane, sender, message_id, source, state, received_at, sha256, findings, made,
                   answer_status, answer_media_type, answer_body, mapping_version, raw, is_deflated,
                   replays)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: insert_receipt
-- The first message of an id holds it.
INSERT OR IGNORE INTO receipts (sender, message_id, lane, inbox_id) VALUES (?, ?, ?, ?);

-- name: insert_note
-- A note holds its content.
INSERT OR IGNORE INTO note_keys (sender, note_key, lane, content) VALUES (?, ?, ?, ?);

-- name: current
-- The current versions of resources by id. Should one stand in two lanes, the newest comes last.
SELECT type, id, lane, seq, version, latest, source_order, digest, pack, place, size
FROM resource INDEXED BY resource_id WHERE id IN ({values});

-- name: standing
-- What is current, as far as it takes to see that nothing new is said. Of two lanes, the newest comes last.
SELECT type, id, version, seq, source_order, digest FROM resource INDEXED BY resource_id WHERE id IN ({values});

-- name: read
-- The current version as served. Should one stand in two lanes, the newest counts.
SELECT type, id, version, seq, place, size, pack FROM resource INDEXED BY resource_id WHERE id = ? AND type = ?;

-- name: read_old
-- One version out of history.
SELECT type, id, version, seq, place, size, pack FROM history WHERE id = ? AND type = ? AND version = ?;

-- name: read_history
-- Every version, with what they are ordered by.
SELECT type, id, version, seq, place, size, pack, 1, source_order FROM resource WHERE id = ?1 AND type = ?2
UNION ALL
SELECT type, id, version, seq, place, size, pack, 0, source_order FROM history WHERE id = ?1 AND type = ?2;

-- name: late
-- Are late versions already in history?
SELECT type, id, source_order, digest, version FROM history WHERE id IN ({values});

-- name: insert_resource
-- A new current version.
INSERT INTO resource (type, id, lane, seq, version, latest, source_order, digest, pack, place, size)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: retire
-- A current version goes to history.
INSERT INTO history (seq, lane, type, id, version, source_order, digest, pack, place, size)
SELECT seq, lane, type, id, version, source_order, digest, pack, place, size FROM resource WHERE seq = ?;

-- name: delete_resource
-- The row of a version that is no longer current.
DELETE FROM resource WHERE seq = ?;

-- name: insert_old
-- A version that came late.
INSERT INTO history (seq, lane, type, id, version, source_order, digest, pack, place, size)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: raise
-- A late version took the next number, or the same content was said again later.
UPDATE resource SET latest = ?, source_order = ? WHERE seq = ?;

-- name: insert_pack
-- The resources of a message.
INSERT INTO pack (seq, lane, data) VALUES (?, ?, ?);

-- name: insert_term
INSERT OR IGNORE INTO term (term, seq, lane) VALUES (?, ?, ?);

-- name: insert_period
INSERT OR IGNORE INTO period (field, low, high, seq, lane) VALUES (?, ?, ?, ?, ?);

-- name: insert_word
INSERT OR IGNORE INTO word (field, word, seq, lane) VALUES (?, ?, ?, ?);

-- name: delete_term
DELETE FROM term WHERE term = ? AND seq = ? AND lane = ?;

-- name: delete_period
DELETE FROM period WHERE field = ? AND low = ? AND high = ? AND seq = ? AND lane = ?;

-- name: delete_word
DELETE FROM word WHERE field = ? AND word = ? AND seq = ? AND lane = ?;

-- name: last_seq
-- The highest number given, for a writer that starts.
SELECT max(coalesce((SELECT max(seq) FROM resource), 0), coalesce((SELECT max(seq) FROM history), 0),
           coalesce((SELECT max(seq) FROM pack), 0));

-- name: beat
-- A real write, for readiness.
UPDATE pulse SET beat = beat + 1 WHERE id = 1;
