-- The first schema. Every table that grows carries the patient's lane; only receipts are unique across lanes.

-- One row a message: what was sent, byte for byte, and what became of it.
CREATE TABLE inbox (
    id TEXT NOT NULL,
    lane INTEGER NOT NULL,
    sender TEXT NOT NULL,
    message_id TEXT NOT NULL,
    source TEXT NOT NULL,
    state TEXT NOT NULL,
    received_at TEXT NOT NULL,          -- ISO 8601, UTC
    sha256 TEXT NOT NULL,
    findings BLOB NOT NULL,             -- JSON
    made BLOB NOT NULL,                 -- JSON: ["CarePlan/<id>/_history/2", …]
    answer_status INTEGER NOT NULL,
    answer_media_type TEXT NOT NULL,
    answer_body BLOB NOT NULL,
    mapping_version TEXT NOT NULL,
    raw BLOB NOT NULL,
    PRIMARY KEY (id, lane)
);

-- Who sent which message id first: the same id with other content is a conflict.
CREATE TABLE receipts (
    sender TEXT NOT NULL,
    message_id TEXT NOT NULL,
    lane INTEGER NOT NULL,
    inbox_id TEXT NOT NULL,
    PRIMARY KEY (sender, message_id)
) WITHOUT ROWID;

-- What a sender's note (id and version) said, as a hash.
CREATE TABLE note_keys (
    sender TEXT NOT NULL,
    note_key TEXT NOT NULL,
    lane INTEGER NOT NULL,
    content TEXT NOT NULL,
    PRIMARY KEY (sender, note_key, lane)
) WITHOUT ROWID;

-- The current version of each resource, body as served. seq is its time and its place among all versions.
CREATE TABLE resource (
    seq INTEGER PRIMARY KEY,
    lane INTEGER NOT NULL,
    type TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    latest INTEGER NOT NULL,            -- highest version given; higher than version when one came late
    source_order TEXT NOT NULL,         -- the source's version time
    digest BLOB NOT NULL,               -- hash of the content without versionId and lastUpdated
    body BLOB NOT NULL
);
CREATE UNIQUE INDEX resource_id ON resource (id, type, lane);
CREATE INDEX resource_type ON resource (type);

-- Versions that are no longer current, and those that came late and never were.
CREATE TABLE history (
    seq INTEGER PRIMARY KEY,
    lane INTEGER NOT NULL,
    type TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    source_order TEXT NOT NULL,
    digest BLOB NOT NULL,
    body BLOB NOT NULL
);
CREATE UNIQUE INDEX history_version ON history (id, type, lane, version);

-- Search rows of current versions: tokens and references as hashes, dates, folded strings.
CREATE TABLE term (
    term BLOB NOT NULL,
    seq INTEGER NOT NULL,
    lane INTEGER NOT NULL,
    PRIMARY KEY (term, seq, lane)
) WITHOUT ROWID;
CREATE TABLE period (
    field INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    low INTEGER NOT NULL,               -- milliseconds UTC since 1970, inclusive
    high INTEGER NOT NULL,
    lane INTEGER NOT NULL,
    PRIMARY KEY (field, seq, low, high, lane)
) WITHOUT ROWID;
CREATE TABLE word (
    field INTEGER NOT NULL,
    word TEXT NOT NULL,
    seq INTEGER NOT NULL,
    lane INTEGER NOT NULL,
    PRIMARY KEY (field, word, seq, lane)
) WITHOUT ROWID;

-- Letters to be delivered, in order within a lane and receiver.
CREATE TABLE outbox (
    seq INTEGER NOT NULL,
    lane INTEGER NOT NULL,
    receiver TEXT NOT NULL,
    state TEXT NOT NULL,
    due_at TEXT NOT NULL,               -- ISO 8601, UTC
    attempts INTEGER NOT NULL DEFAULT 0,
    inbox_id TEXT NOT NULL,
    letter BLOB NOT NULL,
    PRIMARY KEY (lane, seq)
) WITHOUT ROWID;

-- One row that readiness writes to.
CREATE TABLE pulse (
    id INTEGER PRIMARY KEY,
    beat INTEGER NOT NULL
);
INSERT INTO pulse VALUES (1, 0);
