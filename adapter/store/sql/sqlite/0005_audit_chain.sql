-- The audit log's chain: each AuditEvent in the order its writer kept it, with a hash of it and of all before it.

CREATE TABLE audit_chain (
    writer TEXT NOT NULL,               -- one that wrote, from its start to its end
    number INTEGER NOT NULL,            -- 1, 2, 3 ... without a gap
    lane INTEGER NOT NULL,
    id TEXT NOT NULL,                   -- of the AuditEvent
    hash BLOB NOT NULL,                 -- SHA-256 of the hash before, the id and the event's own hash
    PRIMARY KEY (writer, number)
) WITHOUT ROWID;
CREATE TRIGGER audit_chain_stays BEFORE DELETE ON audit_chain
BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END;
CREATE TRIGGER audit_chain_stays_as_it_is BEFORE UPDATE ON audit_chain
BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END;
