-- As in 0165; what waits after all is armed anew where it was armed meanwhile, else inserted: an insert that
-- may meet another writes one more record of the log, and most that run wait now.
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
        WITH wait AS MATERIALIZED (
            SELECT * FROM jsonb_to_recordset(p_changes->'wait')
                       AS r(id bigint, case_id bigint, name text, due_at timestamptz, data jsonb,
                            request_id text)
        ), there AS (
            UPDATE steps s SET due_at = w.due_at, data = w.data FROM wait w
             WHERE s.case_id = w.case_id AND s.name = w.name RETURNING s.case_id, s.name
        )
        INSERT INTO steps (id, case_id, name, due_at, data, request_id)
        SELECT w.id, w.case_id, w.name, w.due_at, w.data, w.request_id FROM wait w
         WHERE NOT EXISTS (SELECT FROM there t WHERE t.case_id = w.case_id AND t.name = w.name);
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
                                AND c.xmin IS DISTINCT FROM pg_current_xact_id_if_assigned()::xid
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
