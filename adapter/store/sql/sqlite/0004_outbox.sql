-- Letters on their way out, and the queues that they wait in. The first table of this name was never written to.

DROP TABLE outbox;
CREATE TABLE outbox (
    seq INTEGER PRIMARY KEY,            -- the order in which letters were made, within a queue
    id TEXT NOT NULL,
    lane INTEGER NOT NULL,
    receiver TEXT NOT NULL,
    queue TEXT NOT NULL,                -- empty, or the id of a letter that waits alone
    kind TEXT NOT NULL,
    media_type TEXT NOT NULL,
    thread TEXT NOT NULL,
    sender_unit TEXT NOT NULL,
    not_before INTEGER,                 -- times are milliseconds UTC since 1970
    body BLOB NOT NULL,                 -- compressed
    inbox_id TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    since INTEGER NOT NULL,             -- when it was first due
    due_at INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting',
    tries INTEGER NOT NULL DEFAULT 0,
    envelope TEXT NOT NULL DEFAULT '',
    code TEXT NOT NULL DEFAULT '',
    cause TEXT NOT NULL DEFAULT '',
    remedy TEXT NOT NULL DEFAULT '',
    answer BLOB NOT NULL DEFAULT x'',
    settled_at INTEGER
);
CREATE UNIQUE INDEX outbox_id ON outbox (id, lane);
CREATE INDEX outbox_waiting ON outbox (receiver, lane, queue, seq) WHERE state = 'waiting';
CREATE INDEX outbox_dead ON outbox (seq) WHERE state = 'dead';
CREATE INDEX outbox_inbox ON outbox (inbox_id);

-- A row for each queue in which letters wait. Held: at is when the lease ends. Free: when its first letter is due.
CREATE TABLE queue (
    receiver TEXT NOT NULL,
    lane INTEGER NOT NULL,
    name TEXT NOT NULL,
    at INTEGER NOT NULL,
    fence INTEGER NOT NULL DEFAULT 0,   -- who holds it; 0: nobody
    PRIMARY KEY (receiver, lane, name)
) WITHOUT ROWID;
CREATE INDEX queue_at ON queue (receiver, at);

-- The last fence that was given.
CREATE TABLE fence (number INTEGER NOT NULL);
INSERT INTO fence VALUES (0);

-- What operators look for.
CREATE INDEX inbox_not_done ON inbox (state) WHERE state <> 'done';
