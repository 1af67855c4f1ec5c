-- Of what left long ago nobody tells any more: only what left lately is found by its provider's name, so
-- that neither the table (0161) nor filling it after a crash grows with all that ever was sent.
DROP FUNCTION fill_messages_left();
CREATE FUNCTION fill_messages_left(since timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO messages_left
    SELECT id, provider_id, state, channel, audience, done_at, passed_at, read_at, price
      FROM messages
     WHERE (state IN ('sent', 'delivered', 'failed') OR provider_id IS NOT NULL)
       AND (done_at IS NULL OR done_at > since)
        ON CONFLICT (id) DO NOTHING;
    INSERT INTO unlogged_is_whole VALUES ('left', clock_timestamp()) ON CONFLICT (part) DO NOTHING;
END $$;
