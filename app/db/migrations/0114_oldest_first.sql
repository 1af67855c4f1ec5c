-- What is claimed is passed on in the order in which it became due, not as it happens to lie there.
CREATE OR REPLACE FUNCTION claim_oldest_steps(p_now timestamptz, p_since timestamptz, p_limit int,
                                              p_lease interval)
RETURNS TABLE (id bigint, attempt int, name text, lost boolean, account_id bigint) LANGUAGE sql
SET enable_seqscan = off SET enable_bitmapscan = off
AS $$
    WITH due AS MATERIALIZED (
        SELECT d.ctid AS place, d.id, d.wake_at, d.lease_until IS NOT NULL AS claimed FROM steps d
         WHERE d.wake_at >= p_since AND d.wake_at <= p_now
         ORDER BY d.wake_at, d.id LIMIT p_limit FOR UPDATE SKIP LOCKED
    ), claimed AS (
        UPDATE steps s
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

-- What is armed as due now is run in the order in which it is armed, whether it waited before or not.
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
        UPDATE steps s SET due_at = r.due_at, data = r.data, lease_until = NULL, tries = 0,
                           last_error = NULL
          FROM jsonb_to_recordset(p_changes->'again') AS r(id bigint, due_at timestamptz, data jsonb)
         WHERE s.case_id = case_of_step(r.id) AND s.id = r.id;
    END IF;
    IF p_changes ? 'wait' THEN
        INSERT INTO steps (id, case_id, name, due_at, data, request_id, attempt)
        SELECT r.id, r.case_id, r.name, r.due_at, r.data, r.request_id, 1
          FROM jsonb_to_recordset(p_changes->'wait')
                   AS r(id bigint, case_id bigint, name text, due_at timestamptz, data jsonb,
                        request_id text)
            ON CONFLICT (case_id, name) DO UPDATE
           SET due_at = excluded.due_at, data = excluded.data, lease_until = NULL, tries = 0,
               last_error = NULL;
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
        RETURN QUERY
        WITH armed AS MATERIALIZED (
            SELECT r.*, CASE WHEN r.due_at <= p_now THEN p_until END AS until
              FROM ROWS FROM (jsonb_to_recordset(p_changes->'arm')
                       AS (case_id bigint, name text, due_at timestamptz, data jsonb,
                           request_id text)) WITH ORDINALITY
                       AS r(case_id, name, due_at, data, request_id, place)
        ), there AS MATERIALIZED (
            SELECT s.case_id, s.name FROM armed a
              JOIN steps s ON s.case_id = a.case_id AND s.name = a.name
        ), anew AS (
            UPDATE steps s SET due_at = a.due_at, data = a.data, lease_until = a.until,
                   attempt = s.attempt + (a.until IS NOT NULL)::int,
                   tries = (a.until IS NOT NULL)::int, last_error = NULL
              FROM armed a
             WHERE s.case_id = a.case_id AND s.name = a.name
               AND (a.until IS NOT NULL OR s.lease_until IS NOT NULL OR s.tries > 0
                    OR (s.due_at, s.data) IS DISTINCT FROM (a.due_at, a.data))
            RETURNING s.id, s.case_id, s.name, s.attempt, s.due_at, s.data, s.request_id
        ), made AS (
            INSERT INTO steps (case_id, name, due_at, data, request_id, lease_until, attempt, tries)
            SELECT a.case_id, a.name, a.due_at, a.data, a.request_id, a.until,
                   (a.until IS NOT NULL)::int, (a.until IS NOT NULL)::int
              FROM armed a
             WHERE NOT EXISTS (SELECT FROM there t WHERE t.case_id = a.case_id AND t.name = a.name)
            RETURNING id, case_id, name, attempt, due_at, data, request_id
        ) SELECT w.* FROM (SELECT * FROM anew UNION ALL SELECT * FROM made) w
            JOIN armed a ON a.case_id = w.case_id AND a.name = w.name ORDER BY a.place;
    END IF;
    IF p_changes ? 'hasten' THEN
        UPDATE steps s SET due_at = p_now, lease_until = NULL
          FROM jsonb_to_recordset(p_changes->'hasten') AS r(case_id bigint, name text)
         WHERE s.case_id = r.case_id AND s.name = r.name AND s.due_at > p_now;
    END IF;
END $$;
