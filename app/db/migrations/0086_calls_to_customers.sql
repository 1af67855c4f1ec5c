-- A number that takes no text messages is called; and whoever answers by a channel, or asks for it,
-- hears from us there first.
ALTER TABLE cases
    ADD COLUMN contact_call text,   -- the landline that is called, where no number takes texts
    ADD COLUMN channel      text;   -- by which the customer hears first; NULL: as usual

CREATE TABLE customer_channels (
    recipient  text PRIMARY KEY,    -- number or address, as opt-outs spell it
    channel    text NOT NULL CHECK (channel IN ('sms', 'whatsapp', 'email', 'voice')),
    said       boolean NOT NULL,    -- they asked for it; else they answered there
    at         timestamptz NOT NULL
);

-- What a call offers by its keys, as it was last read aloud: {"1": "slot:7"}.
ALTER TABLE message_words ADD COLUMN offered jsonb;
