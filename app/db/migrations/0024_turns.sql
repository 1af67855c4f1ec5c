-- Messages are taken in turns over the accounts that have something due. Accounts whose messages wait
-- for a later hour, as for the morning, are not looked at, however many they are: the hour comes first.

DROP INDEX messages_lane;
CREATE INDEX messages_lane
    ON messages (channel, date_trunc('hour', wake_at AT TIME ZONE 'UTC'), account_id,
                 (audience <> 'customer'), wake_at, id)
 WHERE state = 'queued';

-- The ids of messages to take now, locked. Twice as many candidates as wanted, so that two senders
-- which look at the same moment both find some. No sort may replace a walk along the index: with stale
-- statistics the planner would sort the whole backlog.
--
-- `queues` are the accounts by the hour since when they have messages, the oldest hour first. Of each
-- a few messages are looked at, of those that have more only when a few of all are not enough.
CREATE OR REPLACE FUNCTION lock_due_messages(p_channel text, p_now timestamptz, p_room int)
RETURNS SETOF bigint LANGUAGE plpgsql
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off
SET enable_mergejoin = off
AS $$
BEGIN
    RETURN QUERY
    WITH RECURSIVE walk AS (
        (SELECT date_trunc('hour', wake_at AT TIME ZONE 'UTC') AS hour, account_id FROM messages
          WHERE state = 'queued' AND channel = p_channel
            AND date_trunc('hour', wake_at AT TIME ZONE 'UTC') <= p_now AT TIME ZONE 'UTC'
          ORDER BY 1, 2 LIMIT 1)
        UNION ALL
        SELECT next.* FROM walk w CROSS JOIN LATERAL (
            SELECT date_trunc('hour', m.wake_at AT TIME ZONE 'UTC'), m.account_id FROM messages m
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
            SELECT m.id, m.wake_at FROM messages m
             WHERE m.state = 'queued' AND m.channel = p_channel
               AND date_trunc('hour', m.wake_at AT TIME ZONE 'UTC') = q.hour
               AND m.account_id = q.account_id AND (m.audience <> 'customer') = q.staff
               AND m.wake_at <= p_now ORDER BY m.wake_at, m.id LIMIT e.each) d
    ), more AS (
        SELECT q.*, d.* FROM (
            SELECT hour, account_id, staff FROM few WHERE (SELECT count(*) FROM few) < 2 * p_room
             GROUP BY hour, account_id, staff, each HAVING count(*) = each) q
         CROSS JOIN LATERAL (
            SELECT m.id, m.wake_at FROM messages m
             WHERE m.state = 'queued' AND m.channel = p_channel
               AND date_trunc('hour', m.wake_at AT TIME ZONE 'UTC') = q.hour
               AND m.account_id = q.account_id AND (m.audience <> 'customer') = q.staff
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
