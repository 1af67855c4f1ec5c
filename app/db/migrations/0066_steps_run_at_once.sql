-- A step that is armed as due now and run in the same transaction is not written before it has run:
-- mostly it is over then, and its row would have come and gone unseen. `p_changes` of 0027 has two
-- more parts: "run": [as "arm"] gives each an id and takes away what waited by that name, "wait":
-- ["run" with id, due_at and data] writes such a step that waits after all.
CREATE OR REPLACE FUNCTION write_steps(p_changes jsonb, p_now timestamptz, p_until timestamptz)
RETURNS TABLE (id bigint, case_id bigint, name text, attempt int, due_at timestamptz, data jsonb,
               request_id text) LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
#variable_conflict use_column
BEGIN
    IF p_changes ? 'over' THEN
        DELETE FROM steps s USING jsonb_array_elements_text(p_changes->'over') AS o(id)
         WHERE s.id = o.id::bigint;
    END IF;
    IF p_changes ? 'again' THEN
        UPDATE steps s SET due_at = r.due_at, data = r.data, lease_until = NULL, tries = 0,
                           last_error = NULL
          FROM jsonb_to_recordset(p_changes->'again') AS r(id bigint, due_at timestamptz, data jsonb)
         WHERE s.id = r.id;
    END IF;
    IF p_changes ? 'wait' THEN
        INSERT INTO steps (id, case_id, name, due_at, data, request_id, attempt)
        OVERRIDING SYSTEM VALUE
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
        SELECT nextval('steps_id_seq'), r.case_id, r.name, 1, r.due_at, r.data, r.request_id
          FROM jsonb_to_recordset(p_changes->'run')
                   AS r(case_id bigint, name text, due_at timestamptz, data jsonb, request_id text);
    END IF;
    IF p_changes ? 'arm' THEN
        RETURN QUERY
        INSERT INTO steps (case_id, name, due_at, data, request_id, lease_until, attempt, tries)
        SELECT r.case_id, r.name, r.due_at, r.data, r.request_id, l.until,
               (l.until IS NOT NULL)::int, (l.until IS NOT NULL)::int
          FROM jsonb_to_recordset(p_changes->'arm')
                   AS r(case_id bigint, name text, due_at timestamptz, data jsonb, request_id text)
         CROSS JOIN LATERAL (SELECT CASE WHEN r.due_at <= p_now THEN p_until END AS until) l
            ON CONFLICT (case_id, name) DO UPDATE
           SET due_at = excluded.due_at, data = excluded.data, lease_until = excluded.lease_until,
               attempt = steps.attempt + excluded.attempt, tries = excluded.tries,
               last_error = NULL
        RETURNING steps.id, steps.case_id, steps.name, steps.attempt, steps.due_at, steps.data,
                  steps.request_id;
    END IF;
    IF p_changes ? 'hasten' THEN
        UPDATE steps s SET due_at = p_now, lease_until = NULL
          FROM jsonb_to_recordset(p_changes->'hasten') AS r(case_id bigint, name text)
         WHERE s.case_id = r.case_id AND s.name = r.name AND s.due_at > p_now;
    END IF;
END $$;
