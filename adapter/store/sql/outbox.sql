-- Every statement on letters and their queues, by name; ? stands for a value in both databases.

-- name: post
-- A new letter, once; its id when it is new. SQLite.
INSERT INTO outbox (id, lane, receiver, queue, kind, media_type, thread, sender_unit, not_before, body,
                    inbox_id, made_at, since, due_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id;

-- name: open_queue
-- A queue for the first letter in it. One that is there keeps its time: that of its first letter.
INSERT INTO queue (receiver, lane, name, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING;

-- name: post_and_open
-- The same in one trip, for PostgreSQL: the queue's row is locked until the commit, so that whoever empties the
-- queue meanwhile sees the letter.
WITH new AS (
    INSERT INTO outbox (id, lane, receiver, queue, kind, media_type, thread, sender_unit, not_before, body,
                        inbox_id, made_at, since, due_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
    RETURNING receiver, lane, queue, due_at
)
INSERT INTO queue (receiver, lane, name, at) SELECT receiver, lane, queue, due_at FROM new
ON CONFLICT (receiver, lane, name) DO UPDATE SET at = queue.at;

-- name: due_queues
-- Queues to be leased, the longest due first.
SELECT lane, name FROM queue WHERE receiver = ? AND at <= ? AND {since} ORDER BY at LIMIT ?;

-- name: first_due_before
-- The first letter of a queue was first due before then: what stands for {since} when that is asked.
(SELECT outbox.since FROM outbox WHERE outbox.receiver = queue.receiver AND outbox.lane = queue.lane
 AND outbox.queue = queue.name AND state = 'waiting' ORDER BY seq LIMIT 1) < ?;

-- name: next_fence
-- A number that nobody had before; SQLite.
UPDATE fence SET number = number + 1 RETURNING number;

-- name: take_queue
-- It is held from now on; SQLite.
UPDATE queue SET at = ?, fence = ? WHERE receiver = ? AND lane = ? AND name = ?;

-- name: take_queues
-- Take due queues that nobody else is just taking; PostgreSQL.
WITH due AS MATERIALIZED (
    SELECT receiver, lane, name FROM queue WHERE receiver = ? AND at <= ? AND {since} ORDER BY at LIMIT ?
    FOR UPDATE SKIP LOCKED
)
UPDATE queue SET at = ?, fence = nextval('fence') FROM due
WHERE queue.receiver = due.receiver AND queue.lane = due.lane AND queue.name = due.name
RETURNING queue.lane, queue.name, queue.fence;

-- name: first_letters
-- The first letters of a queue.
SELECT id, lane, receiver, queue, kind, media_type, thread, sender_unit, not_before, body, inbox_id, state,
       made_at, since, due_at, tries, envelope, code, cause, remedy, answer, settled_at
FROM outbox WHERE receiver = ? AND lane = ? AND queue = ? AND state = 'waiting' ORDER BY seq LIMIT ?;

-- name: first_letters_of
-- The first letters of several queues of a receiver; PostgreSQL.
SELECT o.*
FROM unnest(?::smallint[], ?::text[]) AS q (lane, name) CROSS JOIN LATERAL (
    SELECT id, lane, receiver, queue, kind, media_type, thread, sender_unit, not_before, body, inbox_id, state,
           made_at, since, due_at, tries, envelope, code, cause, remedy, answer, settled_at
    FROM outbox WHERE receiver = ? AND outbox.lane = q.lane AND queue = q.name AND state = 'waiting'
    ORDER BY seq LIMIT ?
) o;

-- name: holder
-- Who holds a queue.
SELECT fence FROM queue WHERE receiver = ? AND lane = ? AND name = ?;

-- name: hold
-- Lock queues in rising order, and tell who holds them; PostgreSQL.
SELECT receiver, lane, name, fence FROM queue
JOIN unnest(?::text[], ?::smallint[], ?::text[]) AS asked (receiver, lane, name) USING (receiver, lane, name)
ORDER BY receiver, lane, name FOR UPDATE OF queue;

-- name: settle_letter
-- What became of a try. A letter that an operator took away meanwhile stays away.
UPDATE outbox SET state = ?, tries = tries + 1, due_at = ?, envelope = ?, code = ?, cause = ?, remedy = ?,
                  answer = ?, settled_at = ?
WHERE id = ? AND lane = ? AND state = 'waiting';

-- name: keep_queue
-- Held longer.
UPDATE queue SET at = ? WHERE receiver = ? AND lane = ? AND name = ?;

-- name: close_queue
-- Nothing waits in it any longer.
DELETE FROM queue WHERE receiver = ? AND lane = ? AND name = ?
AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.receiver = queue.receiver AND outbox.lane = queue.lane
                AND outbox.queue = queue.name AND state = 'waiting');

-- name: free_queue
-- Nobody holds it; due when its first letter is.
UPDATE queue SET fence = 0, at = (
    SELECT due_at FROM outbox WHERE outbox.receiver = queue.receiver AND outbox.lane = queue.lane
    AND outbox.queue = queue.name AND state = 'waiting' ORDER BY seq LIMIT 1)
WHERE receiver = ? AND lane = ? AND name = ?;

-- name: held_queues
-- What an earlier process held; SQLite, when the file is opened by its only writer.
SELECT receiver, lane, name FROM queue WHERE fence <> 0;

-- name: earliest
-- When a queue of a receiver is next due, or its lease ends.
SELECT min(at) FROM queue WHERE receiver = ?;

-- name: earliest_of
-- The same for several; PostgreSQL.
SELECT asked.receiver, (SELECT min(at) FROM queue WHERE queue.receiver = asked.receiver)
FROM unnest(?::text[]) AS asked (receiver);

-- name: receivers
-- Those for whom letters wait.
SELECT DISTINCT receiver FROM queue;

-- name: letters
-- Letters for an operator, the newest first.
SELECT id, lane, receiver, queue, kind, media_type, thread, sender_unit, not_before, body, inbox_id, state,
       made_at, since, due_at, tries, envelope, code, cause, remedy, answer, settled_at
FROM outbox WHERE {where} ORDER BY seq DESC LIMIT ?;

-- name: letter_keys
-- The letters that an operator means, with their queues.
SELECT id, lane, receiver, queue, state FROM outbox WHERE {where} ORDER BY seq DESC LIMIT ?;

-- name: hurry_queue
-- A queue with a letter that is due now; who holds it goes on holding it.
INSERT INTO queue (receiver, lane, name, at) VALUES (?, ?, ?, ?)
ON CONFLICT (receiver, lane, name) DO UPDATE
SET at = CASE WHEN queue.fence = 0 AND excluded.at < queue.at THEN excluded.at ELSE queue.at END;

-- name: post_again
-- A letter waits again, with all its patience.
UPDATE outbox SET state = 'waiting', tries = 0, since = ?, due_at = ?, settled_at = NULL WHERE id = ? AND lane = ?;

-- name: discard
-- A letter is taken away.
UPDATE outbox SET state = 'discarded', settled_at = ? WHERE id = ? AND lane = ? AND state IN ('waiting', 'dead');
