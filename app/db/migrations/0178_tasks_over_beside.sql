-- Tasks that are over stand beside all others, where nothing is logged (0150), in the order in which they
-- are listed. The index of 0174 knew their state, so that each change of it, also that a task was
-- taken on, wrote every index of `dispatch_tasks` anew.
CREATE UNLOGGED TABLE tasks_over (
    resolved boolean NOT NULL,          -- by somebody; else it was withdrawn
    id bigint NOT NULL,
    PRIMARY KEY (resolved, id)
) WITH (autovacuum_analyze_threshold = 5000);

CREATE FUNCTION note_task_over() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.state IN ('resolved', 'withdrawn') THEN
        DELETE FROM tasks_over WHERE resolved = (OLD.state = 'resolved') AND id = OLD.id;
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.state IN ('resolved', 'withdrawn') THEN
        INSERT INTO tasks_over VALUES (NEW.state = 'resolved', NEW.id) ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER dispatch_tasks_made_over AFTER INSERT ON dispatch_tasks FOR EACH ROW
    WHEN (NEW.state IN ('resolved', 'withdrawn')) EXECUTE FUNCTION note_task_over();
CREATE TRIGGER dispatch_tasks_end AFTER UPDATE OF state ON dispatch_tasks FOR EACH ROW
    WHEN (OLD.state <> NEW.state AND (OLD.state IN ('resolved', 'withdrawn')
                                      OR NEW.state IN ('resolved', 'withdrawn')))
    EXECUTE FUNCTION note_task_over();
CREATE TRIGGER dispatch_tasks_over_gone AFTER DELETE ON dispatch_tasks FOR EACH ROW
    WHEN (OLD.state IN ('resolved', 'withdrawn')) EXECUTE FUNCTION note_task_over();

-- Nothing waits for this migration: whoever lists them first fills it, as after a crash.
INSERT INTO unlogged_is_whole SELECT 'over', clock_timestamp() WHERE NOT EXISTS (SELECT FROM dispatch_tasks);
DROP INDEX dispatch_tasks_over;

-- A claim of a step is found by the hour until when it holds, so a new version of its row changes its
-- indexes on whatever page it stands: room for it beside the old one was left for nothing.
ALTER TABLE step_runs SET (fillfactor = 95);
