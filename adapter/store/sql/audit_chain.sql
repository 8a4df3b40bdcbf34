-- The statements of the audit log's chain, for SQLite and PostgreSQL alike.

-- name: last_link
-- The latest link of a writer.
SELECT number, hash FROM audit_chain WHERE writer = ? ORDER BY number DESC LIMIT 1;

-- name: insert_link
-- One AuditEvent more in a writer's chain.
INSERT INTO audit_chain (writer, number, lane, id, hash) VALUES (?, ?, ?, ?, ?);

-- name: chain
-- Links in their order after one of them, and where each event is.
SELECT a.writer, a.number, a.id, a.hash, r.pack, r.place, r.size
FROM audit_chain a LEFT JOIN resource r ON r.id = a.id AND r.type = 'AuditEvent'
WHERE a.writer > ? OR (a.writer = ? AND a.number > ?)
ORDER BY a.writer, a.number LIMIT 500;
