-- A step says what a case waits for, and until when. Who has it at this moment, and how often it was
-- tried, is worth nothing once the server has crashed: nobody has it then. This stands beside it, where
-- nothing is logged, with all that claims are found by: most of what a step wrote into the log was its
-- claim and the indexes of it.
CREATE UNLOGGED TABLE step_runs (
    id bigint PRIMARY KEY,
    name text NOT NULL,
    account_id bigint NOT NULL,
    due_at timestamptz NOT NULL,
    lease_until timestamptz,
    attempt int NOT NULL,
    tries int NOT NULL DEFAULT 0,
    wake_at timestamptz NOT NULL GENERATED ALWAYS AS (greatest(due_at, lease_until)) STORED,
    last_error text
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);

INSERT INTO step_runs (id, name, account_id, due_at, lease_until, attempt, tries, last_error)
SELECT s.id, s.name, coalesce(s.account_id, 0), s.due_at, s.lease_until, s.attempt, s.tries, s.last_error
  FROM steps s;

DROP INDEX steps_failing, steps_turn, steps_wake;
ALTER TABLE steps DROP COLUMN wake_at, DROP COLUMN lease_until, DROP COLUMN attempt, DROP COLUMN tries,
    DROP COLUMN last_error;
ALTER TABLE steps SET (fillfactor = 85);
CREATE INDEX step_runs_wake ON step_runs (wake_at, id);
CREATE INDEX step_runs_turn ON step_runs (account_id, wake_at, id) WHERE lease_until IS NULL;
CREATE INDEX step_runs_failing ON step_runs (wake_at, id) WHERE tries >= 3 AND last_error IS NOT NULL;

-- The account of a step is that of its case, unless it says another.
CREATE OR REPLACE FUNCTION steps_begin_with_their_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.id := step_of_case(NEW.case_id, NEW.id);
    RETURN NEW;
END $$;

-- Whoever writes a step lets go of it: it waits anew. Messages carry the attempt in their keys, so none
-- comes twice: a new step may have been run once before it was written, and of one whose row was lost in
-- a crash nobody knows how often; minutes are more than there were attempts.
CREATE FUNCTION steps_wait() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO step_runs AS r (id, name, account_id, due_at, attempt)
    SELECT n.id, n.name,
           coalesce(n.account_id, (SELECT c.account_id FROM cases c WHERE c.id = n.case_id), 0), n.due_at,
           CASE TG_OP WHEN 'INSERT' THEN 1
                ELSE (extract(epoch FROM clock_timestamp()) / 60)::int END
      FROM new_rows n
        ON CONFLICT (id) DO UPDATE
       SET account_id = excluded.account_id, due_at = excluded.due_at, lease_until = NULL, tries = 0,
           last_error = NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER steps_armed AFTER INSERT ON steps REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION steps_wait();
CREATE TRIGGER steps_moved AFTER UPDATE ON steps REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION steps_wait();

CREATE FUNCTION steps_are_over() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    DELETE FROM step_runs r USING old_rows o WHERE r.id = o.id;
    RETURN NULL;
END $$;
CREATE TRIGGER steps_over AFTER DELETE ON steps REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION steps_are_over();

-- The server empties what it does not log after a crash, and so does a copy of it that takes over. One
-- row tells that this has not happened since; without it whoever claims next fills all again.
CREATE UNLOGGED TABLE unlogged_is_whole (part text PRIMARY KEY, since timestamptz NOT NULL);
INSERT INTO unlogged_is_whole VALUES ('steps', clock_timestamp());

CREATE FUNCTION fill_unlogged() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    LOCK TABLE steps IN SHARE ROW EXCLUSIVE MODE;  -- nobody writes meanwhile, and one alone fills
    IF EXISTS (SELECT FROM unlogged_is_whole WHERE part = 'steps') THEN
        RETURN;
    END IF;
    INSERT INTO step_runs (id, name, account_id, due_at, attempt)
    SELECT s.id, s.name,
           coalesce(s.account_id, (SELECT c.account_id FROM cases c WHERE c.id = s.case_id), 0),
           s.due_at,
           -- no claim from before the crash counts: minutes are more than there were attempts
           (extract(epoch FROM clock_timestamp()) / 60)::int
      FROM steps s
        ON CONFLICT (id) DO NOTHING;
    INSERT INTO unlogged_is_whole VALUES ('steps', clock_timestamp());
END $$;

CREATE OR REPLACE FUNCTION accounts_with_due_steps(p_now timestamptz, p_since timestamptz)
RETURNS TABLE(account_id bigint, wake_at timestamptz) LANGUAGE sql STABLE AS $$
    WITH RECURSIVE heads AS (
        (SELECT s.account_id, s.wake_at FROM step_runs s
          WHERE s.lease_until IS NULL AND s.wake_at >= p_since
          ORDER BY s.account_id, s.wake_at, s.id LIMIT 1)
        UNION ALL
        SELECT h.account_id, h.wake_at FROM heads b CROSS JOIN LATERAL (
            SELECT s.account_id, s.wake_at FROM step_runs s
             WHERE s.lease_until IS NULL AND s.wake_at >= p_since AND s.account_id > b.account_id
             ORDER BY s.account_id, s.wake_at, s.id LIMIT 1) h)
    SELECT h.account_id, h.wake_at FROM heads h WHERE h.wake_at <= p_now
$$;

CREATE OR REPLACE FUNCTION claim_oldest_steps(p_now timestamptz, p_since timestamptz, p_limit int,
                                        p_lease interval)
RETURNS TABLE(id bigint, attempt int, name text, lost boolean, account_id bigint)
LANGUAGE sql SET enable_seqscan = off SET enable_bitmapscan = off AS $$
    WITH due AS MATERIALIZED (
        SELECT d.ctid AS place, d.id, d.wake_at, d.lease_until IS NOT NULL AS claimed FROM step_runs d
         WHERE d.wake_at >= p_since AND d.wake_at <= p_now
         ORDER BY d.wake_at, d.id LIMIT p_limit FOR UPDATE SKIP LOCKED
    ), claimed AS (
        UPDATE step_runs s
           SET attempt = s.attempt + 1,
               tries = s.tries + 1,
               -- what fails again and again waits longer and longer, up to about an hour
               lease_until = p_now + p_lease * (1 << least(s.tries, 8))
         WHERE s.ctid = ANY(ARRAY(SELECT due.place FROM due))
        RETURNING s.id, s.attempt, s.name, s.last_error, s.account_id
    )
    SELECT c.id, c.attempt, c.name, c.last_error IS NULL AND due.claimed, c.account_id
      FROM claimed c JOIN due USING (id) ORDER BY due.wake_at, due.id
$$;

CREATE OR REPLACE FUNCTION claim_steps_in_turn(p_now timestamptz, p_since timestamptz, p_limit int,
                                               p_lease interval, p_without bigint[] DEFAULT '{}')
RETURNS TABLE(id bigint, attempt int, name text, lost boolean, account_id bigint)
LANGUAGE sql SET enable_seqscan = off SET enable_bitmapscan = off AS $$
    WITH accounts AS MATERIALIZED (
        SELECT account_id, greatest(p_limit / count(*) OVER (), 1) AS each
          FROM accounts_with_due_steps(p_now, p_since)
         WHERE account_id <> ALL(p_without) ORDER BY wake_at LIMIT p_limit
    ), due AS MATERIALIZED (
        SELECT d.place, d.id, d.wake_at, row_number() OVER (PARTITION BY a.account_id
                                                            ORDER BY d.wake_at, d.id) AS turn
          FROM accounts a CROSS JOIN LATERAL (
            SELECT s.ctid AS place, s.id, s.wake_at FROM step_runs s
             WHERE s.lease_until IS NULL AND s.account_id = a.account_id
               AND s.wake_at >= p_since AND s.wake_at <= p_now
             ORDER BY s.wake_at, s.id LIMIT a.each FOR UPDATE SKIP LOCKED) d
    ), claimed AS (
        UPDATE step_runs s
           SET attempt = s.attempt + 1,
               tries = s.tries + 1,
               lease_until = p_now + p_lease * (1 << least(s.tries, 8))
         WHERE s.ctid = ANY(ARRAY(SELECT due.place FROM due))
        RETURNING s.id, s.attempt, s.name, s.account_id
    )
    SELECT c.id, c.attempt, c.name, false, c.account_id
      FROM claimed c JOIN due USING (id) ORDER BY due.turn, due.wake_at, due.id
$$;

CREATE OR REPLACE FUNCTION claim_steps(p_now timestamptz, p_since timestamptz, p_limit int,
                                        p_lease interval)
RETURNS TABLE(id bigint, attempt int, name text, lost boolean, account_id bigint)
LANGUAGE plpgsql SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off AS $$
DECLARE
    v_room int := p_limit;
    v_claimed int;
BEGIN
    IF NOT EXISTS (SELECT FROM unlogged_is_whole WHERE part = 'steps') THEN
        PERFORM fill_unlogged();
    END IF;
    PERFORM 1 FROM step_runs s WHERE s.wake_at >= p_since AND s.wake_at <= p_now
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

-- As in 0114, for both tables: what is armed as due now is claimed for the caller in the second.
CREATE OR REPLACE FUNCTION write_steps(p_changes jsonb, p_now timestamptz, p_until timestamptz)
RETURNS TABLE (id bigint, case_id bigint, name text, attempt int, due_at timestamptz, data jsonb,
               request_id text) LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
#variable_conflict use_column
BEGIN
    IF p_changes ? 'over' THEN
        DELETE FROM steps s USING jsonb_array_elements_text(p_changes->'over') AS o(id)
         WHERE s.case_id = case_of_step(o.id::bigint) AND s.id = o.id::bigint;
    END IF;
    IF p_changes ? 'again' THEN
        UPDATE steps s SET due_at = r.due_at, data = r.data
          FROM jsonb_to_recordset(p_changes->'again') AS r(id bigint, due_at timestamptz, data jsonb)
         WHERE s.case_id = case_of_step(r.id) AND s.id = r.id;
    END IF;
    IF p_changes ? 'wait' THEN
        INSERT INTO steps (id, case_id, name, due_at, data, request_id)
        SELECT r.id, r.case_id, r.name, r.due_at, r.data, r.request_id
          FROM jsonb_to_recordset(p_changes->'wait')
                   AS r(id bigint, case_id bigint, name text, due_at timestamptz, data jsonb,
                        request_id text)
            ON CONFLICT (case_id, name) DO UPDATE SET due_at = excluded.due_at, data = excluded.data;
    END IF;
    IF p_changes ? 'cancel' THEN
        DELETE FROM steps s
         USING jsonb_to_recordset(p_changes->'cancel') AS r(case_id bigint, name text)
         WHERE s.case_id = r.case_id AND s.name = r.name;
    END IF;
    IF p_changes ? 'run' THEN
        DELETE FROM steps s
         USING jsonb_to_recordset(p_changes->'run') AS r(case_id bigint, name text)
         WHERE s.case_id = r.case_id AND s.name = r.name;
        RETURN QUERY
        SELECT step_of_case(r.case_id, nextval('steps_id_seq')), r.case_id, r.name, 1, r.due_at,
               r.data, r.request_id
          FROM jsonb_to_recordset(p_changes->'run')
                   AS r(case_id bigint, name text, due_at timestamptz, data jsonb, request_id text);
    END IF;
    IF p_changes ? 'arm' THEN
        PERFORM FROM cases c WHERE c.id IN (SELECT (r->>'case_id')::bigint
                                              FROM jsonb_array_elements(p_changes->'arm') r)
          ORDER BY c.id FOR NO KEY UPDATE;
        WITH armed AS MATERIALIZED (
            SELECT * FROM jsonb_to_recordset(p_changes->'arm')
                       AS r(case_id bigint, name text, due_at timestamptz, data jsonb,
                            request_id text)
        ), there AS MATERIALIZED (
            SELECT s.case_id, s.name, a.due_at, a.data,
                   (s.due_at, s.data) IS NOT DISTINCT FROM (a.due_at, a.data)
                   AND r.lease_until IS NULL AND r.tries = 0 AS just_so
              FROM armed a JOIN steps s ON s.case_id = a.case_id AND s.name = a.name
              LEFT JOIN step_runs r ON r.id = s.id
        ), moved AS (
            UPDATE steps s SET due_at = t.due_at, data = t.data FROM there t
             WHERE s.case_id = t.case_id AND s.name = t.name AND t.just_so IS NOT TRUE
        )
        INSERT INTO steps (case_id, name, due_at, data, request_id)
        SELECT a.case_id, a.name, a.due_at, a.data, a.request_id FROM armed a
         WHERE NOT EXISTS (SELECT FROM there t WHERE t.case_id = a.case_id AND t.name = a.name);
        IF p_until IS NOT NULL THEN
            RETURN QUERY
            WITH armed AS MATERIALIZED (
                SELECT s.*, a.place
                  FROM ROWS FROM (jsonb_to_recordset(p_changes->'arm')
                           AS (case_id bigint, name text, due_at timestamptz))
                           WITH ORDINALITY AS a(case_id, name, due_at, place)
                  JOIN steps s ON s.case_id = a.case_id AND s.name = a.name
                 WHERE a.due_at <= p_now
            ), claimed AS (
                UPDATE step_runs r SET attempt = r.attempt + 1, tries = 1, lease_until = p_until
                  FROM armed a WHERE r.id = a.id RETURNING r.id, r.attempt
            ) SELECT a.id, a.case_id, a.name, c.attempt, a.due_at, a.data, a.request_id
                FROM armed a JOIN claimed c ON c.id = a.id ORDER BY a.place;
        END IF;
    END IF;
    IF p_changes ? 'hasten' THEN
        UPDATE steps s SET due_at = p_now
          FROM jsonb_to_recordset(p_changes->'hasten') AS r(case_id bigint, name text)
         WHERE s.case_id = r.case_id AND s.name = r.name AND s.due_at > p_now;
    END IF;
END $$;

CREATE OR REPLACE FUNCTION wake_on_scan() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE steps SET due_at = NEW.at
     WHERE case_id = NEW.case_id AND name = 'wake_on_scan' AND due_at > NEW.at;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION withdraw_ended_booking() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE promises SET state = 'released', settled_at = NEW.ended_at, settled_by = NEW.state
     WHERE case_id = NEW.case_id AND kind = 'confirm' AND about = NEW.id AND state = 'open';
    UPDATE handover_acts SET state = 'void', outcome = NEW.state, done_at = NEW.ended_at
     WHERE booking_id = NEW.id AND act = 'push' AND state = 'waiting' AND (asked OR NOT pushed);
    -- whoever looked after it looks once more, and calls nobody any more
    UPDATE steps SET due_at = NEW.ended_at
     WHERE case_id = NEW.case_id AND name = 'hand_over' AND due_at > NEW.ended_at;
    IF NEW.state <> 'kept' THEN
        INSERT INTO handover_acts (case_id, booking_id, account_id, connector, act, key, ref, due_at,
                                   created_at)
        SELECT case_id, booking_id, account_id, connector, 'withdraw', key, ref,
               -- what takes its place may make a withdrawal needless, and comes at once
               NEW.ended_at + CASE NEW.state WHEN 'changed' THEN interval '10 s' ELSE '0 s' END,
               NEW.ended_at
          FROM handover_acts
         WHERE booking_id = NEW.id AND act = 'push'
           AND (state IN ('waiting', 'calling') OR asked OR outcome IN ('confirmed', 'unknown'));
    END IF;
    RETURN NULL;
END $$;
