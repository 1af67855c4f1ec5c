-- The dispatcher's queue in the orders in which it is read stands beside the tasks, where nothing is
-- logged (0150): a task that is taken on, or that hurts sooner, writes no index of `dispatch_tasks` any
-- more; it wrote five. What is done stays in the queue for as long as it is counted, 30 days.
CREATE UNLOGGED TABLE dispatch_queue (
    id bigint PRIMARY KEY,
    case_id bigint NOT NULL,
    kind text NOT NULL,
    depot_id bigint NOT NULL,
    account_id bigint NOT NULL,
    state text NOT NULL,
    hurts_at timestamptz NOT NULL,
    deadline timestamptz NOT NULL,
    exhausted_at timestamptz,
    acknowledged_by text,
    resolved_at timestamptz
) WITH (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);

CREATE FUNCTION fill_dispatch_queue() RETURNS void LANGUAGE sql AS $$
    INSERT INTO dispatch_queue
    SELECT id, case_id, kind, depot_id, account_id, state, hurts_at, deadline, exhausted_at,
           acknowledged_by, resolved_at
      FROM dispatch_tasks
     WHERE state IN ('open', 'acknowledged', 'aside') OR resolved_at > clock_timestamp() - interval '30 days'
        ON CONFLICT (id) DO NOTHING  -- what was written meanwhile is newer
$$;
SELECT fill_dispatch_queue();

CREATE INDEX dispatch_queue_nobody ON dispatch_queue (hurts_at, id)
    WHERE state = 'open' AND exhausted_at IS NOT NULL;
CREATE INDEX dispatch_queue_open ON dispatch_queue ((exhausted_at IS NULL), hurts_at, id)
    WHERE state = 'open';
CREATE INDEX dispatch_queue_mine ON dispatch_queue (acknowledged_by, hurts_at, id)
    WHERE state = 'acknowledged';
CREATE INDEX dispatch_queue_taken ON dispatch_queue (hurts_at, id) WHERE state = 'acknowledged';
CREATE INDEX dispatch_queue_aside ON dispatch_queue (deadline, id) WHERE state = 'aside';
CREATE INDEX dispatch_queue_done ON dispatch_queue (resolved_at, id)
    WHERE state IN ('resolved', 'withdrawn');
CREATE INDEX dispatch_queue_state ON dispatch_queue (state, id);

CREATE FUNCTION queue_task() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO dispatch_queue
    VALUES (NEW.id, NEW.case_id, NEW.kind, NEW.depot_id, NEW.account_id, NEW.state, NEW.hurts_at,
            NEW.deadline, NEW.exhausted_at, NEW.acknowledged_by, NEW.resolved_at)
        ON CONFLICT (id) DO UPDATE
       SET kind = excluded.kind, depot_id = excluded.depot_id, account_id = excluded.account_id,
           state = excluded.state, hurts_at = excluded.hurts_at, deadline = excluded.deadline,
           exhausted_at = excluded.exhausted_at, acknowledged_by = excluded.acknowledged_by,
           resolved_at = excluded.resolved_at;
    RETURN NULL;
END $$;
CREATE TRIGGER dispatch_tasks_queued AFTER INSERT ON dispatch_tasks FOR EACH ROW
    EXECUTE FUNCTION queue_task();
CREATE TRIGGER dispatch_tasks_moved AFTER UPDATE ON dispatch_tasks FOR EACH ROW
    WHEN ((NEW.kind, NEW.depot_id, NEW.account_id, NEW.state, NEW.hurts_at, NEW.deadline,
           NEW.exhausted_at, NEW.acknowledged_by, NEW.resolved_at)
          IS DISTINCT FROM
          (OLD.kind, OLD.depot_id, OLD.account_id, OLD.state, OLD.hurts_at, OLD.deadline,
           OLD.exhausted_at, OLD.acknowledged_by, OLD.resolved_at))
    EXECUTE FUNCTION queue_task();

CREATE FUNCTION task_leaves_queue() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM dispatch_queue WHERE id = OLD.id;
    RETURN NULL;
END $$;
CREATE TRIGGER dispatch_tasks_gone AFTER DELETE ON dispatch_tasks FOR EACH ROW
    EXECUTE FUNCTION task_leaves_queue();

DROP INDEX dispatch_tasks_nobody, dispatch_tasks_open, dispatch_tasks_mine, dispatch_tasks_taken,
    dispatch_tasks_aside, dispatch_tasks_done, dispatch_tasks_state;

-- As in 0151, with the queue.
CREATE OR REPLACE FUNCTION fill_unlogged() RETURNS void LANGUAGE plpgsql AS $$
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
    INSERT INTO orphan_suspects
    SELECT c.id FROM cases c WHERE c.live AND NOT EXISTS (SELECT FROM steps s WHERE s.case_id = c.id);
    -- a parcel that changes loses its words until they are written again; a new case brings numbers
    INSERT INTO parcel_word_changes
    SELECT DISTINCT c.shipment_id FROM cases c
     WHERE c.live OR NOT EXISTS (SELECT FROM parcel_words w WHERE w.shipment_id = c.shipment_id);
    PERFORM fill_dispatch_queue();
    INSERT INTO unlogged_is_whole VALUES ('steps', clock_timestamp());
END $$;
