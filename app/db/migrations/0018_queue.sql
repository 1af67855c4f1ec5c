-- The dispatcher's queue costs the same whatever stands open and whatever was ever closed: a task knows
-- what it is sorted and filtered by, and its counts are kept as it changes.

ALTER TABLE dispatch_tasks
    ADD COLUMN account_id bigint,           -- the case's
    ADD COLUMN deadline timestamptz NOT NULL DEFAULT 'infinity';  -- by when somebody should have acted
UPDATE dispatch_tasks t
   SET account_id = c.account_id,
       deadline = coalesce(CASE t.kind WHEN 'recovery' THEN t.created_at + interval '24 hours'
                                       ELSE c.return_by END, 'infinity')
  FROM cases c WHERE c.id = t.case_id;
ALTER TABLE dispatch_tasks ALTER COLUMN account_id SET NOT NULL;

DROP INDEX dispatch_tasks_open, dispatch_tasks_over;
CREATE INDEX dispatch_tasks_open ON dispatch_tasks (deadline, id) WHERE state = 'open';
CREATE INDEX dispatch_tasks_taken ON dispatch_tasks (deadline, id) WHERE state = 'acknowledged';
CREATE INDEX dispatch_tasks_done ON dispatch_tasks (resolved_at, id)
    WHERE state IN ('resolved', 'withdrawn');
CREATE INDEX dispatch_tasks_state ON dispatch_tasks (state, id);

-- Counts by tab, and of what is done by day. Whoever changes a task only adds a row to the changes, so
-- that nobody waits for another's counter; the clock folds them into the counts now and then.
CREATE TABLE dispatch_counts (
    tab         text NOT NULL,              -- open, taken, done
    day         date NOT NULL,              -- of what is done, UTC; else -infinity
    depot_id    bigint NOT NULL,
    account_id  bigint NOT NULL,
    kind        text NOT NULL,
    tasks       bigint NOT NULL,
    PRIMARY KEY (tab, day, depot_id, account_id, kind)
);
CREATE TABLE dispatch_count_changes (
    tab         text NOT NULL,
    day         date NOT NULL,
    depot_id    bigint NOT NULL,
    account_id  bigint NOT NULL,
    kind        text NOT NULL,
    change      bigint NOT NULL
);

CREATE FUNCTION dispatch_tab(p_state text) RETURNS text LANGUAGE sql IMMUTABLE
RETURN CASE p_state WHEN 'open' THEN 'open' WHEN 'acknowledged' THEN 'taken' ELSE 'done' END;

CREATE FUNCTION dispatch_day(p_state text, p_resolved_at timestamptz) RETURNS date
LANGUAGE sql IMMUTABLE
RETURN CASE WHEN p_state IN ('open', 'acknowledged') THEN '-infinity'
            ELSE (p_resolved_at AT TIME ZONE 'UTC')::date END;

CREATE FUNCTION count_new_dispatch_tasks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO dispatch_count_changes
    SELECT dispatch_tab(state), dispatch_day(state, resolved_at), depot_id, account_id, kind, count(*)
      FROM new_rows GROUP BY 1, 2, 3, 4, 5;
    RETURN NULL;
END $$;

CREATE FUNCTION count_changed_dispatch_tasks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO dispatch_count_changes
    SELECT tab, day, depot_id, account_id, kind, sum(change) FROM (
        SELECT dispatch_tab(state) AS tab, dispatch_day(state, resolved_at) AS day, depot_id,
               account_id, kind, 1 AS change FROM new_rows
        UNION ALL
        SELECT dispatch_tab(state), dispatch_day(state, resolved_at), depot_id, account_id, kind, -1
          FROM old_rows) changes
     GROUP BY 1, 2, 3, 4, 5 HAVING sum(change) <> 0;
    RETURN NULL;
END $$;

CREATE TRIGGER dispatch_tasks_made AFTER INSERT ON dispatch_tasks
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION count_new_dispatch_tasks();
CREATE TRIGGER dispatch_tasks_changed AFTER UPDATE ON dispatch_tasks
    REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION count_changed_dispatch_tasks();

INSERT INTO dispatch_counts
SELECT dispatch_tab(state), dispatch_day(state, resolved_at), depot_id, account_id, kind, count(*)
  FROM dispatch_tasks GROUP BY 1, 2, 3, 4, 5;

-- A case's return deadline can move; what somebody is called for moves with it.
CREATE FUNCTION move_dispatch_deadlines() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE dispatch_tasks SET deadline = coalesce(NEW.return_by, 'infinity')
     WHERE case_id = NEW.id AND kind <> 'recovery' AND state IN ('open', 'acknowledged');
    RETURN NULL;
END $$;
CREATE TRIGGER cases_return_by_moved AFTER UPDATE OF return_by ON cases
    FOR EACH ROW WHEN (OLD.return_by IS DISTINCT FROM NEW.return_by)
    EXECUTE FUNCTION move_dispatch_deadlines();
