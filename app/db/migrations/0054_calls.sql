-- Calls by voice: what is spoken, whom they call, and what becomes of those that are not wanted any more.

ALTER TABLE messages
    ADD COLUMN spoken     text,                            -- what a call says; without it, the text
    ADD COLUMN hint       text,                            -- how to answer it, where it can be answered
    ADD COLUMN person_id  bigint,                          -- whom it calls at a depot
    ADD COLUMN must_ring  boolean NOT NULL DEFAULT false,  -- no cap of calls holds it back
    ADD COLUMN recall     text CHECK (recall IN ('wanted', 'done'));  -- of a call that rings

CREATE INDEX messages_recall ON messages (id) WHERE recall = 'wanted';
-- calls whose end nobody has told yet
CREATE INDEX messages_ringing ON messages (done_at) WHERE channel = 'voice' AND state = 'sent';
-- how often a number was called lately
CREATE INDEX messages_calls ON messages (recipient, created_at) WHERE channel = 'voice';
