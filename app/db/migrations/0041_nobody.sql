-- A task that everybody was called for and nobody took on does not rest: it is called for again, counted, and
-- shown before all others.
ALTER TABLE dispatch_tasks
    ADD COLUMN exhausted_at timestamptz,        -- since when everybody was called and nobody took it on
    ADD COLUMN rings int NOT NULL DEFAULT 0,    -- how often somebody was called
    ADD COLUMN rung_since timestamptz;          -- the first of these calls
ALTER TABLE people
    ADD COLUMN rung_again timestamptz[] NOT NULL DEFAULT '{}';  -- the last hour's calls for such tasks

DROP INDEX dispatch_tasks_open;
CREATE INDEX dispatch_tasks_open ON dispatch_tasks ((exhausted_at IS NULL), deadline, id)
    WHERE state = 'open';
CREATE INDEX dispatch_tasks_nobody ON dispatch_tasks (deadline, id)
    WHERE state = 'open' AND exhausted_at IS NOT NULL;

-- They are counted by themselves, and no more among those that are still being called for the first time.
CREATE FUNCTION dispatch_tab(p_state text, p_exhausted_at timestamptz) RETURNS text
LANGUAGE sql IMMUTABLE
RETURN CASE p_state WHEN 'open' THEN CASE WHEN p_exhausted_at IS NULL THEN 'open' ELSE 'nobody' END
                    WHEN 'acknowledged' THEN 'taken' WHEN 'aside' THEN 'aside' ELSE 'done' END;

CREATE OR REPLACE FUNCTION count_new_dispatch_tasks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO dispatch_count_changes
    SELECT dispatch_tab(state, exhausted_at), dispatch_day(state, resolved_at), depot_id, account_id,
           kind, count(*)
      FROM new_rows GROUP BY 1, 2, 3, 4, 5;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION count_changed_dispatch_tasks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO dispatch_count_changes
    SELECT tab, day, depot_id, account_id, kind, sum(change) FROM (
        SELECT dispatch_tab(state, exhausted_at) AS tab, dispatch_day(state, resolved_at) AS day,
               depot_id, account_id, kind, 1 AS change FROM new_rows
        UNION ALL
        SELECT dispatch_tab(state, exhausted_at), dispatch_day(state, resolved_at), depot_id,
               account_id, kind, -1
          FROM old_rows) changes
     GROUP BY 1, 2, 3, 4, 5 HAVING sum(change) <> 0;
    RETURN NULL;
END $$;
DROP FUNCTION dispatch_tab(text);

-- What rested until now is called for again.
UPDATE dispatch_tasks SET rings = level + greatest(calls - 1, 0), rung_since = created_at
 WHERE state = 'open' AND level > 0;
WITH resting AS (
    SELECT t.id, t.case_id, t.called_at, c.request_id, n.name
      FROM dispatch_tasks t JOIN cases c ON c.id = t.case_id
     CROSS JOIN LATERAL (SELECT CASE t.kind WHEN 'recovery' THEN 'recover' ELSE 'call_dispatcher' END
                                AS name) n
     WHERE t.state = 'open' AND t.calls > 0 AND t.about = 0 AND t.round = c.round
       AND (t.kind = 'recovery' OR t.kind IN ('failure', 'promise') AND c.state <> 'closed')
       AND NOT EXISTS (SELECT 1 FROM steps s WHERE s.case_id = t.case_id AND s.name = n.name)),
exhausted AS (
    UPDATE dispatch_tasks t SET exhausted_at = r.called_at FROM resting r WHERE t.id = r.id)
INSERT INTO steps (case_id, name, due_at, data, request_id)
SELECT case_id, name, called_at + interval '15 minutes', '{}', request_id FROM resting;
