-- Messages are taken lane by lane, a lane for each channel: by how much room its sender has, in turns
-- over courier accounts (which tell shippers and depots apart), customers before staff.

ALTER TABLE messages ADD COLUMN account_id bigint NOT NULL DEFAULT 0;
UPDATE messages m SET account_id = c.account_id FROM cases c
 WHERE c.id = m.case_id AND m.state = 'queued';
CREATE INDEX messages_lane
    ON messages (channel, account_id, (audience <> 'customer'), wake_at, id)
 WHERE state = 'queued';

DROP FUNCTION claim_messages(timestamptz, int, interval);

-- The ids of messages to take now, locked. Twice as many candidates as wanted, so that two senders
-- which look at the same moment both find some. No sort may replace a walk along the index: with stale
-- statistics the planner would sort the whole backlog.
CREATE FUNCTION lock_due_messages(p_channel text, p_now timestamptz, p_room int)
RETURNS SETOF bigint LANGUAGE sql
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off
SET enable_mergejoin = off
AS $$
    WITH RECURSIVE accounts AS (
        (SELECT account_id FROM messages WHERE state = 'queued' AND channel = p_channel
          ORDER BY account_id LIMIT 1)
        UNION ALL
        SELECT (SELECT m.account_id FROM messages m
                 WHERE m.state = 'queued' AND m.channel = p_channel AND m.account_id > a.account_id
                 ORDER BY m.account_id LIMIT 1)
          FROM accounts a WHERE a.account_id IS NOT NULL
    ), due AS (
        SELECT d.id, row_number() OVER (PARTITION BY a.account_id, g.staff ORDER BY d.wake_at, d.id)
                     AS turn, g.staff, d.wake_at
          FROM accounts a CROSS JOIN (VALUES (false), (true)) AS g(staff)
         CROSS JOIN LATERAL (
            SELECT m.id, m.wake_at FROM messages m
             WHERE m.state = 'queued' AND m.channel = p_channel AND m.account_id = a.account_id
               AND (m.audience <> 'customer') = g.staff AND m.wake_at <= p_now
             ORDER BY m.wake_at, m.id LIMIT 2 * p_room) d
    )
    SELECT m.id
      FROM unnest(ARRAY(SELECT due.id FROM due ORDER BY due.turn, due.staff, due.wake_at, due.id
                         LIMIT 2 * p_room)) WITH ORDINALITY AS chosen(id, place)
      JOIN messages m ON m.id = chosen.id AND m.state = 'queued' AND m.wake_at <= p_now
     ORDER BY chosen.place LIMIT p_room FOR NO KEY UPDATE OF m SKIP LOCKED
$$;
