-- What a message to a customer was made of: its sentences with their values, and the name of the
-- template that says exactly these sentences. Some carriers, and WhatsApp, take registered texts only.
ALTER TABLE message_words
    ADD COLUMN made_of  jsonb,
    ADD COLUMN template text;

-- Under which name a provider knows a text of a shipper's, by language.
CREATE TABLE provider_templates (
    shipper_id  bigint NOT NULL REFERENCES shippers,
    channel     text   NOT NULL,
    text        text   NOT NULL,   -- a template's name, or a topic: whatever is said about that
    language    text   NOT NULL,
    provider    text   NOT NULL,
    template_id text   NOT NULL,   -- WhatsApp's ContentSid, India's DLT template id
    entity_id   text,              -- India's principal entity
    variables   text[],            -- names of the values it takes, in order; NULL: all of them
    PRIMARY KEY (shipper_id, channel, text, language, provider)
);

-- WhatsApp takes free words for a day after somebody's last message.
CREATE INDEX inbound_messages_whatsapp ON inbound_messages (sender, sent_at DESC)
    WHERE channel = 'whatsapp';

-- What a message cost, as its provider says; and when somebody read it.
ALTER TABLE messages
    ADD COLUMN read_at    timestamptz,
    ADD COLUMN price      numeric,
    ADD COLUMN price_unit text;   -- ISO 4217
