-- Pieces that a search is put together from, the same for SQLite and PostgreSQL. ? is a value, {…} a list
-- of them or a piece. The first criterion that narrows most drives; the others are looked up for each row.

-- name: from_type
-- Every resource of a type.
FROM resource r WHERE r.type = ?

-- name: from_ids
-- Resources by id.
FROM resource r WHERE r.id IN ({values}) AND r.type = ?

-- name: from_term
-- Resources by one token or reference, in the order of the index.
FROM term d CROSS JOIN resource r WHERE d.term = ? AND r.seq = d.seq

-- name: from_terms
-- Resources by any of several tokens or references, each once.
FROM (SELECT DISTINCT seq FROM term WHERE term IN ({values})) d CROSS JOIN resource r WHERE r.seq = d.seq

-- name: from_words
-- Resources by the beginning of a string, each once.
FROM (SELECT DISTINCT seq FROM word WHERE field = ? AND ({conditions})) d CROSS JOIN resource r WHERE r.seq = d.seq

-- name: has_term
-- Not EXISTS: PostgreSQL would join with it, and read every row of a term that all have.
(SELECT 1 FROM term t WHERE t.term IN ({values}) AND t.seq = r.seq LIMIT 1) IS NOT NULL

-- name: has_period
-- As above.
(SELECT 1 FROM period p WHERE p.field = ? AND p.seq = r.seq AND ({conditions}) LIMIT 1) IS NOT NULL

-- name: has_word
r.seq IN (SELECT w.seq FROM word w WHERE w.field = ? AND ({conditions}))

-- name: has_id
r.id IN ({values})

-- name: word_begins
word >= ? AND word < ?

-- name: period_key
-- The date to sort by.
(SELECT min(p.low) FROM period p WHERE p.field = ? AND p.seq = r.seq)

-- name: word_key
-- The string to sort by.
(SELECT min(w.word) FROM word w WHERE w.field = ? AND w.seq = r.seq)

-- name: terms_between
-- The terms that are there, for a code whose system is not said: a leap to each, past the rows that have it.
WITH RECURSIVE d (term) AS (
    SELECT (SELECT a.term FROM term a WHERE a.term >= ? AND a.term <= ? ORDER BY a.term LIMIT 1)
    UNION ALL
    SELECT (SELECT b.term FROM term b WHERE b.term > d.term AND b.term <= ? ORDER BY b.term LIMIT 1)
    FROM d WHERE d.term IS NOT NULL
)
SELECT d.term FROM d WHERE d.term IS NOT NULL

-- name: count
SELECT count(*) {source}

-- name: page
-- Newest first, from a mark on.
SELECT r.type, r.id, r.version, r.seq, r.place, r.size, r.pack {source} ORDER BY {seq} DESC LIMIT ?

-- name: sorted_page
-- In another order: the keys are worked out first.
SELECT * FROM (SELECT r.type, r.id, r.version, r.seq, r.place, r.size, r.pack{keys} {source}) s
WHERE {after} ORDER BY {order} LIMIT ?

-- name: referred
-- Which resources have this identifier.
SELECT r.type, r.id FROM term d CROSS JOIN resource r WHERE d.term IN ({values}) AND r.seq = d.seq

-- name: changed
-- Current versions of a type by when they were kept.
SELECT type, id, version, seq, place, size, pack FROM resource
WHERE type = ? AND seq >= ? AND seq < ? ORDER BY seq DESC LIMIT ?

-- name: changed_before
-- Versions of a type that are no longer current.
SELECT type, id, version, seq, place, size, pack FROM history
WHERE type = ? AND seq >= ? AND seq < ? ORDER BY seq DESC LIMIT ?

-- name: changed_of
-- Current versions of some resources.
SELECT type, id, version, seq, place, size, pack FROM resource
WHERE id IN ({values}) AND type = ? AND seq >= ? AND seq < ? ORDER BY seq DESC LIMIT ?

-- name: changed_of_before
-- Their versions that are no longer current.
SELECT type, id, version, seq, place, size, pack FROM history
WHERE id IN ({values}) AND type = ? AND seq >= ? AND seq < ? ORDER BY seq DESC LIMIT ?

-- name: by_ids
-- What references lead to.
SELECT r.type, r.id, r.version, r.seq, r.place, r.size, r.pack FROM resource r WHERE r.id IN ({values})

-- name: beside
-- What references lead to in a stretch of numbers. The ids are no column, so that no index is walked for each;
-- it ends when so many are there.
SELECT r.type, r.id, r.version, r.seq, r.place, r.size, r.pack
FROM resource r WHERE r.seq >= ? AND r.seq < ? AND r.id || '' IN ({values}) LIMIT ?

-- name: by_term
-- What refers to one thing.
SELECT r.type, r.id, r.version, r.seq, r.place, r.size, r.pack
FROM term d CROSS JOIN resource r WHERE d.term = {values} AND r.seq = d.seq ORDER BY d.seq DESC LIMIT ?

-- name: by_terms
-- What refers to something.
SELECT r.type, r.id, r.version, r.seq, r.place, r.size, r.pack
FROM (SELECT DISTINCT seq FROM term WHERE term IN ({values}) ORDER BY seq DESC LIMIT ?) d
CROSS JOIN resource r WHERE r.seq = d.seq

-- name: packs
-- The bytes of packs.
SELECT seq, data FROM pack WHERE seq IN ({values})
