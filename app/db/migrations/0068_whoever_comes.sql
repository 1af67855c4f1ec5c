-- A claim says whose each step is, and can be for all accounts but some: while one account's flood
-- fills the queue, whoever else comes is claimed and run at once. The functions are those of 0026.

DROP FUNCTION claim_steps(timestamptz, timestamptz, int, interval);
DROP FUNCTION claim_steps_in_turn(timestamptz, timestamptz, int, interval);
DROP FUNCTION claim_oldest_steps(timestamptz, timestamptz, int, interval);

-- Claim what is due, oldest first. `lost`: there was a task message before, and nobody took it.
CREATE FUNCTION claim_oldest_steps(p_now timestamptz, p_since timestamptz, p_limit int,
                                   p_lease interval)
RETURNS TABLE (id bigint, attempt int, name text, lost boolean, account_id bigint) LANGUAGE sql
SET enable_seqscan = off SET enable_sort = off SET enable_bitmapscan = off
SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
    UPDATE steps s
       SET attempt = s.attempt + 1,
           tries = s.tries + 1,
           -- what fails again and again waits longer and longer, up to about an hour
           lease_until = p_now + p_lease * (1 << least(s.tries, 8))
      FROM (SELECT d.id, d.lease_until AS claimed FROM steps d
             WHERE d.wake_at >= p_since AND d.wake_at <= p_now
             ORDER BY d.wake_at, d.id LIMIT p_limit FOR UPDATE SKIP LOCKED) due
     WHERE s.id = due.id
    RETURNING s.id, s.attempt, s.name, due.claimed IS NOT NULL AND s.last_error IS NULL,
              s.account_id
$$;

-- Claim what is due and was never claimed, at most so much: the same number for each account that has
-- something due, its oldest first, and first the first of each. Of more accounts than there is room
-- for, those that wait longest. Accounts in `p_without` are left out.
CREATE FUNCTION claim_steps_in_turn(p_now timestamptz, p_since timestamptz, p_limit int,
                                    p_lease interval, p_without bigint[] DEFAULT '{}')
RETURNS TABLE (id bigint, attempt int, name text, lost boolean, account_id bigint) LANGUAGE sql
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off
SET enable_mergejoin = off
AS $$
    WITH accounts AS MATERIALIZED (
        SELECT account_id, greatest(p_limit / count(*) OVER (), 1) AS each
          FROM accounts_with_due_steps(p_now, p_since)
         WHERE account_id <> ALL(p_without) ORDER BY wake_at LIMIT p_limit
    ), due AS MATERIALIZED (
        SELECT d.id, d.wake_at, row_number() OVER (PARTITION BY a.account_id
                                                   ORDER BY d.wake_at, d.id) AS turn
          FROM accounts a CROSS JOIN LATERAL (
            SELECT s.id, s.wake_at FROM steps s
             WHERE s.lease_until IS NULL AND s.account_id = a.account_id
               AND s.wake_at >= p_since AND s.wake_at <= p_now
             ORDER BY s.wake_at, s.id LIMIT a.each FOR UPDATE SKIP LOCKED) d
    )
    UPDATE steps s
       SET attempt = s.attempt + 1,
           tries = s.tries + 1,
           lease_until = p_now + p_lease * (1 << least(s.tries, 8))
      FROM (SELECT due.id FROM due ORDER BY due.turn, due.wake_at, due.id) turns
     WHERE s.id = turns.id
    RETURNING s.id, s.attempt, s.name, false, s.account_id
$$;

-- Claim what is due. As long as all of it fits into one claim, or one account has all of it, nobody can
-- be held up by others, and it is claimed oldest first, by one walk along an index. Otherwise nine
-- tenths of it go in turns, until everybody has had the same or nothing is left; the rest goes to the
-- oldest, which may have been claimed before.
CREATE FUNCTION claim_steps(p_now timestamptz, p_since timestamptz, p_limit int, p_lease interval)
RETURNS TABLE (id bigint, attempt int, name text, lost boolean, account_id bigint) LANGUAGE plpgsql
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off
AS $$
DECLARE
    v_room int := p_limit;
    v_claimed int;
BEGIN
    PERFORM 1 FROM steps s WHERE s.wake_at >= p_since AND s.wake_at <= p_now
      ORDER BY s.wake_at, s.id OFFSET p_limit LIMIT 1;
    IF FOUND THEN
        PERFORM 1 FROM accounts_with_due_steps(p_now, p_since) OFFSET 1 LIMIT 1;
    END IF;
    WHILE FOUND AND v_room > p_limit / 10 LOOP
        RETURN QUERY SELECT * FROM claim_steps_in_turn(p_now, p_since, v_room - p_limit / 10,
                                                       p_lease);
        GET DIAGNOSTICS v_claimed = ROW_COUNT;
        v_room := v_room - v_claimed;
    END LOOP;
    RETURN QUERY SELECT * FROM claim_oldest_steps(p_now, p_since, v_room, p_lease);
END $$;
