-- What follows a call within some minutes is gathered: one message for each person and channel.

-- when somebody is, or was last, called by a channel for things of a kind
CREATE TABLE staff_calls (
    person_id  bigint      NOT NULL,
    channel    text        NOT NULL,
    kind       text        NOT NULL,
    due_at     timestamptz NOT NULL,
    account_id bigint      NOT NULL DEFAULT 0,      -- whose news that was
    another    boolean     NOT NULL DEFAULT false,  -- one call for another account went out as well
    said       timestamptz NOT NULL,                -- what was answered last
    PRIMARY KEY (person_id, channel, kind)
) WITH (fillfactor = 50);

ALTER TABLE messages
    ADD COLUMN gathers    boolean NOT NULL DEFAULT false,  -- may leave together with others to the same person
    ADD COLUMN bundle_id  bigint;                          -- the message in which it left

CREATE INDEX messages_gathering ON messages (person_id, channel) WHERE state = 'queued' AND gathers;
CREATE INDEX messages_bundle ON messages (bundle_id) WHERE bundle_id IS NOT NULL;
