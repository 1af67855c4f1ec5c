-- Messages that wait or are being sent are found in a queue beside them that is not logged (0150): a claim
-- changes no column that an index of messages knows, so it writes one row and no index.
ALTER TABLE messages ADD COLUMN came_to text GENERATED ALWAYS AS (
    CASE WHEN state IN ('sent', 'delivered', 'failed') THEN state END) STORED;

DROP INDEX messages_lane, messages_wake, messages_sending, messages_gathering, messages_provider,
    messages_ringing, messages_unheard, messages_unread, messages_unpriced;
CREATE INDEX messages_provider ON messages (provider_id) WHERE provider_id IS NOT NULL;
CREATE INDEX messages_ringing ON messages (done_at) WHERE channel = 'voice' AND came_to = 'sent';
CREATE INDEX messages_unheard ON messages (done_at)
    WHERE came_to = 'sent' AND channel IN ('sms', 'whatsapp') AND audience = 'customer'
      AND passed_at IS NULL;
CREATE INDEX messages_unread ON messages (done_at)
    WHERE came_to = 'delivered' AND channel = 'whatsapp' AND audience = 'customer'
      AND read_at IS NULL AND passed_at IS NULL;
CREATE INDEX messages_unpriced ON messages (done_at)
    WHERE price IS NULL AND provider_id IS NOT NULL AND came_to IS NOT NULL;

CREATE UNLOGGED TABLE message_queue (
    id bigint PRIMARY KEY,
    state text NOT NULL,
    channel text NOT NULL,
    account_id bigint NOT NULL,
    staff boolean NOT NULL,             -- for anybody but the customer
    person_id bigint,
    gathers boolean NOT NULL,
    wake_at timestamptz NOT NULL,
    sending_since timestamptz
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX message_queue_lane ON message_queue
    (channel, date_trunc('hour', wake_at AT TIME ZONE 'UTC'), account_id, staff, wake_at, id)
    WHERE state = 'queued';
CREATE INDEX message_queue_wake ON message_queue (wake_at, id) WHERE state = 'queued';
CREATE INDEX message_queue_sending ON message_queue (sending_since) WHERE state = 'sending';
CREATE INDEX message_queue_gathering ON message_queue (person_id, channel)
    WHERE state = 'queued' AND gathers;

INSERT INTO message_queue
SELECT id, state, channel, account_id, audience <> 'customer', person_id, gathers, wake_at, sending_since
  FROM messages WHERE state IN ('queued', 'sending');
INSERT INTO unlogged_is_whole VALUES ('messages', clock_timestamp());

CREATE FUNCTION queue_message() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO message_queue
    VALUES (NEW.id, NEW.state, NEW.channel, NEW.account_id, NEW.audience <> 'customer', NEW.person_id,
            NEW.gathers, NEW.wake_at, NEW.sending_since)
        ON CONFLICT (id) DO UPDATE
       SET state = excluded.state, channel = excluded.channel, person_id = excluded.person_id,
           gathers = excluded.gathers, wake_at = excluded.wake_at,
           sending_since = excluded.sending_since;
    RETURN NULL;
END $$;
CREATE FUNCTION message_leaves_queue() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM message_queue WHERE id = OLD.id;
    RETURN NULL;
END $$;
CREATE TRIGGER messages_queued AFTER INSERT ON messages FOR EACH ROW
    WHEN (NEW.state IN ('queued', 'sending')) EXECUTE FUNCTION queue_message();
CREATE TRIGGER messages_wait AFTER UPDATE ON messages FOR EACH ROW
    WHEN (NEW.state IN ('queued', 'sending')
          AND (NEW.state, NEW.channel, NEW.person_id, NEW.gathers, NEW.wake_at, NEW.sending_since)
              IS DISTINCT FROM
              (OLD.state, OLD.channel, OLD.person_id, OLD.gathers, OLD.wake_at, OLD.sending_since))
    EXECUTE FUNCTION queue_message();
CREATE TRIGGER messages_over AFTER UPDATE OF state ON messages FOR EACH ROW
    WHEN (OLD.state IN ('queued', 'sending') AND NEW.state NOT IN ('queued', 'sending'))
    EXECUTE FUNCTION message_leaves_queue();
CREATE TRIGGER messages_gone AFTER DELETE ON messages FOR EACH ROW
    WHEN (OLD.state IN ('queued', 'sending')) EXECUTE FUNCTION message_leaves_queue();

CREATE FUNCTION fill_message_queue() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    LOCK TABLE messages IN SHARE ROW EXCLUSIVE MODE;  -- nobody writes meanwhile, and one alone fills
    IF EXISTS (SELECT FROM unlogged_is_whole WHERE part = 'messages') THEN
        RETURN;
    END IF;
    INSERT INTO message_queue
    SELECT id, state, channel, account_id, audience <> 'customer', person_id, gathers, wake_at,
           sending_since
      FROM messages WHERE state IN ('queued', 'sending')
        ON CONFLICT (id) DO NOTHING;
    INSERT INTO unlogged_is_whole VALUES ('messages', clock_timestamp());
END $$;

-- The channels of queued messages, due or not: one look into the index for each.
CREATE FUNCTION channels_waiting() RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM unlogged_is_whole WHERE part = 'messages') THEN
        PERFORM fill_message_queue();
    END IF;
    RETURN QUERY
    WITH RECURSIVE lanes AS (
        (SELECT q.channel FROM message_queue q WHERE q.state = 'queued' ORDER BY q.channel LIMIT 1)
        UNION ALL
        SELECT (SELECT q.channel FROM message_queue q
                 WHERE q.state = 'queued' AND q.channel > l.channel ORDER BY q.channel LIMIT 1)
          FROM lanes l WHERE l.channel IS NOT NULL)
    SELECT l.channel FROM lanes l WHERE l.channel IS NOT NULL;
END $$;

-- What is due is looked for in the queue; whether it still is, in the messages.
CREATE OR REPLACE FUNCTION lock_due_messages(p_channel text, p_now timestamptz, p_room int)
RETURNS SETOF bigint LANGUAGE plpgsql
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
BEGIN
    RETURN QUERY
    WITH RECURSIVE walk AS (
        (SELECT date_trunc('hour', wake_at AT TIME ZONE 'UTC') AS hour, account_id FROM message_queue
          WHERE state = 'queued' AND channel = p_channel
            AND date_trunc('hour', wake_at AT TIME ZONE 'UTC') <= p_now AT TIME ZONE 'UTC'
          ORDER BY 1, 2 LIMIT 1)
        UNION ALL
        SELECT next.* FROM walk w CROSS JOIN LATERAL (
            SELECT date_trunc('hour', m.wake_at AT TIME ZONE 'UTC'), m.account_id FROM message_queue m
             WHERE m.state = 'queued' AND m.channel = p_channel
               AND date_trunc('hour', m.wake_at AT TIME ZONE 'UTC') <= p_now AT TIME ZONE 'UTC'
               AND (date_trunc('hour', m.wake_at AT TIME ZONE 'UTC'), m.account_id)
                 > (w.hour, w.account_id)
             ORDER BY 1, 2 LIMIT 1) next
    ), queues AS MATERIALIZED (
        SELECT w.hour, w.account_id, g.staff
          FROM (SELECT * FROM walk LIMIT 1000) w CROSS JOIN (VALUES (false), (true)) AS g(staff)
    ), few AS MATERIALIZED (
        SELECT q.*, d.*, e.each FROM queues q
         CROSS JOIN (SELECT 1 + 4 * p_room / greatest(count(*), 1) AS each FROM queues) e
         CROSS JOIN LATERAL (
            SELECT m.id, m.wake_at FROM message_queue m
             WHERE m.state = 'queued' AND m.channel = p_channel
               AND date_trunc('hour', m.wake_at AT TIME ZONE 'UTC') = q.hour
               AND m.account_id = q.account_id AND m.staff = q.staff
               AND m.wake_at <= p_now ORDER BY m.wake_at, m.id LIMIT e.each) d
    ), more AS (
        SELECT q.*, d.* FROM (
            SELECT hour, account_id, staff FROM few WHERE (SELECT count(*) FROM few) < 2 * p_room
             GROUP BY hour, account_id, staff, each HAVING count(*) = each) q
         CROSS JOIN LATERAL (
            SELECT m.id, m.wake_at FROM message_queue m
             WHERE m.state = 'queued' AND m.channel = p_channel
               AND date_trunc('hour', m.wake_at AT TIME ZONE 'UTC') = q.hour
               AND m.account_id = q.account_id AND m.staff = q.staff
               AND m.wake_at <= p_now ORDER BY m.wake_at, m.id LIMIT 2 * p_room) d
    ), due AS (
        SELECT id, staff, wake_at,
               row_number() OVER (PARTITION BY account_id, staff ORDER BY wake_at, id) AS turn
          FROM (SELECT account_id, staff, id, wake_at FROM few
                 UNION SELECT account_id, staff, id, wake_at FROM more) found
    )
    SELECT m.id
      FROM unnest(ARRAY(SELECT due.id FROM due ORDER BY due.turn, due.staff, due.wake_at, due.id
                         LIMIT 2 * p_room)) WITH ORDINALITY AS chosen(id, place)
      JOIN messages m ON m.id = chosen.id AND m.state = 'queued' AND m.wake_at <= p_now
     ORDER BY chosen.place LIMIT p_room FOR NO KEY UPDATE OF m SKIP LOCKED;
END $$;

-- Nobody looks for rows by what these say, so the planner need not know it: statistics of long texts are
-- long themselves, and are written anew each time.
ALTER TABLE message_words ALTER subject SET STATISTICS 0, ALTER text SET STATISTICS 0,
    ALTER html SET STATISTICS 0, ALTER calendar SET STATISTICS 0, ALTER spoken SET STATISTICS 0,
    ALTER hint SET STATISTICS 0, ALTER made_of SET STATISTICS 0, ALTER offered SET STATISTICS 0;
ALTER TABLE courier_events ALTER headers SET STATISTICS 0, ALTER body SET STATISTICS 0,
    ALTER raw_time SET STATISTICS 0, ALTER request_id SET STATISTICS 0;
ALTER TABLE timeline ALTER facts SET STATISTICS 0, ALTER at SET STATISTICS 0;
ALTER TABLE steps ALTER data SET STATISTICS 0, ALTER request_id SET STATISTICS 0;
ALTER TABLE messages ALTER fallback_routes SET STATISTICS 0, ALTER quiet_hours SET STATISTICS 0,
    ALTER request_id SET STATISTICS 0;
ALTER TABLE cases ALTER words SET STATISTICS 0, ALTER request_id SET STATISTICS 0,
    ALTER page_key SET STATISTICS 0;
ALTER TABLE shipments ALTER address SET STATISTICS 0, ALTER courier_address SET STATISTICS 0,
    ALTER held SET STATISTICS 0, ALTER ordered SET STATISTICS 0, ALTER terms SET STATISTICS 0,
    ALTER tracking_url SET STATISTICS 0, ALTER status_words SET STATISTICS 0;
ALTER TABLE reply_offers ALTER choices SET STATISTICS 0, ALTER words SET STATISTICS 0,
    ALTER message_key SET STATISTICS 0;
