-- Letters on their way out, and the queues that they wait in. The first table of this name was never written to.

DROP TABLE outbox;
CREATE TABLE outbox (
    seq BIGINT GENERATED ALWAYS AS IDENTITY,  -- the order in which letters were made, within a queue
    id TEXT COLLATE "C" NOT NULL,
    lane SMALLINT NOT NULL,
    receiver TEXT COLLATE "C" NOT NULL,
    queue TEXT COLLATE "C" NOT NULL,                -- empty, or the id of a letter that waits alone
    kind TEXT NOT NULL,
    media_type TEXT NOT NULL,
    thread TEXT NOT NULL,
    sender_unit TEXT NOT NULL,
    not_before BIGINT,                  -- times are milliseconds UTC since 1970
    body BYTEA NOT NULL,                 -- compressed
    inbox_id TEXT COLLATE "C" NOT NULL,
    made_at BIGINT NOT NULL,
    since BIGINT NOT NULL,              -- when it was first due
    due_at BIGINT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting',
    tries INTEGER NOT NULL DEFAULT 0,
    envelope TEXT NOT NULL DEFAULT '',
    code TEXT NOT NULL DEFAULT '',
    cause TEXT NOT NULL DEFAULT '',
    remedy TEXT NOT NULL DEFAULT '',
    answer BYTEA NOT NULL DEFAULT '',
    settled_at BIGINT,
    PRIMARY KEY (id, lane)
);
ALTER TABLE outbox ALTER COLUMN body SET STORAGE EXTERNAL;
CREATE INDEX outbox_waiting ON outbox (receiver, lane, queue, seq) WHERE state = 'waiting';
CREATE INDEX outbox_dead ON outbox (seq) WHERE state = 'dead';
CREATE INDEX outbox_inbox ON outbox (inbox_id);

-- A row for each queue in which letters wait. Held: at is when the lease ends. Free: when its first letter is due.
CREATE TABLE queue (
    receiver TEXT COLLATE "C" NOT NULL,
    lane SMALLINT NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    fence BIGINT NOT NULL DEFAULT 0,  -- who holds it; 0: nobody
    PRIMARY KEY (receiver, lane, name)
);
CREATE INDEX queue_at ON queue (receiver, at);

-- Who holds a queue; never the same twice.
CREATE SEQUENCE fence AS BIGINT;

-- What operators look for.
CREATE INDEX inbox_not_done ON inbox (state) WHERE state <> 'done';
