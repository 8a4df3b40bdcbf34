-- The audit log's chain: each AuditEvent in the order its writer kept it, with a hash of it and of all before it.

CREATE TABLE audit_chain (
    writer TEXT NOT NULL,               -- one connection that wrote, from its start to its end
    number BIGINT NOT NULL,             -- 1, 2, 3 ... without a gap
    lane SMALLINT NOT NULL,
    id TEXT NOT NULL,                   -- of the AuditEvent
    hash BYTEA NOT NULL,                -- SHA-256 of the hash before, the id and the event's own hash
    PRIMARY KEY (writer, number)
);
CREATE FUNCTION only_added_to() RETURNS trigger LANGUAGE plpgsql AS
'BEGIN RAISE EXCEPTION ''the audit log is only added to''; END';
CREATE TRIGGER audit_chain_stays BEFORE UPDATE OR DELETE ON audit_chain
FOR EACH ROW EXECUTE FUNCTION only_added_to();
