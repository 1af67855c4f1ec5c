-- Messages that were given to a provider are found beside their rows, in a table that is not logged
-- (0150): by what the provider calls them, and those of which something is still to be heard. That a
-- provider took a message changes no index of `messages` any more; each of its six was written anew.
DROP INDEX messages_provider, messages_ringing, messages_unheard, messages_unread, messages_unpriced;
ALTER TABLE messages DROP COLUMN came_to;

CREATE UNLOGGED TABLE messages_left (
    id bigint PRIMARY KEY,
    provider_id text,
    state text NOT NULL,
    channel text NOT NULL,
    audience text NOT NULL,
    done_at timestamptz,
    passed_at timestamptz,
    read_at timestamptz,
    price numeric
) WITH (fillfactor = 80);
CREATE INDEX messages_left_provider ON messages_left (provider_id) WHERE provider_id IS NOT NULL;
CREATE INDEX messages_left_ringing ON messages_left (done_at) WHERE channel = 'voice' AND state = 'sent';
CREATE INDEX messages_left_unheard ON messages_left (done_at)
    WHERE state = 'sent' AND channel IN ('sms', 'whatsapp') AND audience = 'customer'
      AND passed_at IS NULL;
CREATE INDEX messages_left_unread ON messages_left (done_at)
    WHERE state = 'delivered' AND channel = 'whatsapp' AND audience = 'customer'
      AND read_at IS NULL AND passed_at IS NULL;
CREATE INDEX messages_left_unpriced ON messages_left (done_at)
    WHERE price IS NULL AND provider_id IS NOT NULL;

CREATE FUNCTION note_left() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO messages_left
    VALUES (NEW.id, NEW.provider_id, NEW.state, NEW.channel, NEW.audience, NEW.done_at, NEW.passed_at,
            NEW.read_at, NEW.price)
        ON CONFLICT (id) DO UPDATE
       SET provider_id = excluded.provider_id, state = excluded.state, channel = excluded.channel,
           done_at = excluded.done_at, passed_at = excluded.passed_at, read_at = excluded.read_at,
           price = excluded.price;
    RETURN NULL;
END $$;
CREATE TRIGGER messages_leave
    AFTER INSERT OR UPDATE OF state, provider_id, channel, done_at, passed_at, read_at, price ON messages
    FOR EACH ROW WHEN (NEW.state IN ('sent', 'delivered', 'failed') OR NEW.provider_id IS NOT NULL)
    EXECUTE FUNCTION note_left();

CREATE FUNCTION forget_left() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM messages_left WHERE id = OLD.id;
    RETURN NULL;
END $$;
CREATE TRIGGER messages_left_gone AFTER DELETE ON messages FOR EACH ROW EXECUTE FUNCTION forget_left();

-- Nothing waits while it is filled again, nor for this migration, after which it is filled as after a
-- crash: what is written meanwhile is newer than what is read, and stays.
CREATE FUNCTION fill_messages_left() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO messages_left
    SELECT id, provider_id, state, channel, audience, done_at, passed_at, read_at, price
      FROM messages WHERE state IN ('sent', 'delivered', 'failed') OR provider_id IS NOT NULL
        ON CONFLICT (id) DO NOTHING;
    INSERT INTO unlogged_is_whole VALUES ('left', clock_timestamp()) ON CONFLICT (part) DO NOTHING;
END $$;
INSERT INTO unlogged_is_whole SELECT 'left', clock_timestamp() WHERE NOT EXISTS (SELECT FROM messages);
