-- Messages from people, each remembered once by its provider's id: one that is delivered again
-- changes nothing, and of the words STOP and START the newest counts, in whatever order they come.

CREATE TABLE inbound_messages (
    provider     text NOT NULL,
    provider_id  text NOT NULL,
    channel      text NOT NULL,
    sender       text NOT NULL,         -- spelled as opt-outs spell it
    meaning      text NOT NULL CHECK (meaning IN ('reply', 'opt_out', 'opt_in', 'help')),
    sent_at      timestamptz NOT NULL,  -- the provider's date; without one, when it reached us
    received_at  timestamptz NOT NULL,
    PRIMARY KEY (provider, provider_id)
);
CREATE INDEX inbound_messages_consent ON inbound_messages (channel, sender, sent_at DESC)
    WHERE meaning IN ('opt_out', 'opt_in');
