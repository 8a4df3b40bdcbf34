-- The history of a type is walked from the newest, a page at a time.
CREATE INDEX history_type ON history (type, seq);
