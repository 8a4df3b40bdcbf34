-- The first schema. Every table that grows carries the patient's lane; only receipts are unique across lanes.

-- One row a message: what was sent, byte for byte, and what became of it.
CREATE TABLE inbox (
    id TEXT COLLATE "C" NOT NULL,
    lane SMALLINT NOT NULL,
    sender TEXT NOT NULL,
    message_id TEXT NOT NULL,
    source TEXT NOT NULL,
    state TEXT NOT NULL,
    received_at TEXT NOT NULL,          -- ISO 8601, UTC
    sha256 TEXT NOT NULL,
    findings BYTEA NOT NULL,             -- JSON
    made BYTEA NOT NULL,                 -- JSON: ["CarePlan/<id>/_history/2", …]
    answer_status INTEGER NOT NULL,
    answer_media_type TEXT NOT NULL,
    answer_body BYTEA NOT NULL,
    mapping_version TEXT NOT NULL,
    raw BYTEA NOT NULL,
    PRIMARY KEY (id, lane)
);

-- Who sent which message id first: the same id with other content is a conflict.
CREATE TABLE receipts (
    sender TEXT NOT NULL,
    message_id TEXT NOT NULL,
    lane SMALLINT NOT NULL,
    inbox_id TEXT NOT NULL,
    PRIMARY KEY (sender, message_id)
);

-- What a sender's note (id and version) said, as a hash.
CREATE TABLE note_keys (
    sender TEXT NOT NULL,
    note_key TEXT NOT NULL,
    lane SMALLINT NOT NULL,
    content TEXT NOT NULL,
    PRIMARY KEY (sender, note_key, lane)
);

-- The current version of each resource, body as served. seq is its time and its place among all versions.
CREATE TABLE resource (
    seq BIGINT NOT NULL,
    lane SMALLINT NOT NULL,
    type TEXT NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    version INTEGER NOT NULL,
    latest INTEGER NOT NULL,            -- highest version given; higher than version when one came late
    source_order TEXT NOT NULL,         -- the source's version time
    digest BYTEA NOT NULL,               -- hash of the content without versionId and lastUpdated
    body BYTEA NOT NULL,
    PRIMARY KEY (id, type, lane)
);
CREATE UNIQUE INDEX resource_seq ON resource (seq, lane);
CREATE INDEX resource_type ON resource (type, seq);

-- Versions that are no longer current, and those that came late and never were.
CREATE TABLE history (
    seq BIGINT NOT NULL,
    lane SMALLINT NOT NULL,
    type TEXT NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    version INTEGER NOT NULL,
    source_order TEXT NOT NULL,
    digest BYTEA NOT NULL,
    body BYTEA NOT NULL,
    PRIMARY KEY (id, type, lane, version)
);

-- Search rows of current versions: tokens and references as hashes, dates, folded strings.
CREATE TABLE term (
    term BYTEA NOT NULL,
    seq BIGINT NOT NULL,
    lane SMALLINT NOT NULL,
    PRIMARY KEY (term, seq, lane)
);
CREATE TABLE period (
    field BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    low BIGINT NOT NULL,               -- milliseconds UTC since 1970, inclusive
    high BIGINT NOT NULL,
    lane SMALLINT NOT NULL,
    PRIMARY KEY (field, seq, low, high, lane)
);
CREATE TABLE word (
    field BIGINT NOT NULL,
    word TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    lane SMALLINT NOT NULL,
    PRIMARY KEY (field, word, seq, lane)
);

-- Letters to be delivered, in order within a lane and receiver.
CREATE TABLE outbox (
    seq BIGINT NOT NULL,
    lane SMALLINT NOT NULL,
    receiver TEXT NOT NULL,
    state TEXT NOT NULL,
    due_at TEXT NOT NULL,               -- ISO 8601, UTC
    attempts INTEGER NOT NULL DEFAULT 0,
    inbox_id TEXT NOT NULL,
    letter BYTEA NOT NULL,
    PRIMARY KEY (lane, seq)
);

-- The low bits of seq; the high ones are the time.
CREATE SEQUENCE seq_low AS BIGINT CYCLE;

-- One row that readiness writes to.
CREATE TABLE pulse (
    id SMALLINT PRIMARY KEY,
    beat BIGINT NOT NULL
);
INSERT INTO pulse VALUES (1, 0);
