-- Of several providers of a channel: how many of a hundred messages each gets, and how it has done since
-- that was decided last. All sender processes count here together.
CREATE TABLE provider_shares (
    channel   text        NOT NULL,
    provider  text        NOT NULL,
    share     int         NOT NULL CHECK (share BETWEEN 0 AND 100),
    calls     int         NOT NULL DEFAULT 0,
    bad       int         NOT NULL DEFAULT 0,   -- failed, without an answer, or slow
    moved_at  timestamptz NOT NULL,             -- machine time
    PRIMARY KEY (channel, provider)
) WITH (fillfactor = 50);
