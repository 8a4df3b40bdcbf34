-- A message that was taken in anew names the one that it replays; an operator closes one that is dealt with.

ALTER TABLE inbox ADD COLUMN replays TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE inbox ADD COLUMN closed_at BIGINT;        -- milliseconds UTC since 1970
CREATE INDEX inbox_replays ON inbox (replays) WHERE replays <> '';
