-- The queue stands in the order of what hurts next: the hour by which somebody must have acted, or the hour
-- that the customer was promised, whichever comes first. What has neither stands by its age.
ALTER TABLE dispatch_tasks
    ADD COLUMN promised_by timestamptz NOT NULL DEFAULT 'infinity',  -- when the customer expects to hear
    ADD COLUMN snoozed_until timestamptz;                            -- until then somebody put the calls off
ALTER TABLE dispatch_tasks
    ADD COLUMN hurts_at timestamptz NOT NULL GENERATED ALWAYS AS (least(deadline, promised_by)) STORED;
UPDATE dispatch_tasks t SET promised_by = c.news_by FROM cases c
 WHERE c.id = t.case_id AND c.news_by IS NOT NULL AND t.kind IN ('failure', 'promise')
   AND t.state IN ('open', 'acknowledged');

DROP INDEX dispatch_tasks_open, dispatch_tasks_nobody, dispatch_tasks_taken;
CREATE INDEX dispatch_tasks_open ON dispatch_tasks ((exhausted_at IS NULL), hurts_at, id)
    WHERE state = 'open';
CREATE INDEX dispatch_tasks_nobody ON dispatch_tasks (hurts_at, id)
    WHERE state = 'open' AND exhausted_at IS NOT NULL;
CREATE INDEX dispatch_tasks_taken ON dispatch_tasks (hurts_at, id) WHERE state = 'acknowledged';
CREATE INDEX dispatch_tasks_mine ON dispatch_tasks (acknowledged_by, hurts_at, id)
    WHERE state = 'acknowledged';

-- A case's hours can move; what is called for because of its delivery moves with them.
CREATE OR REPLACE FUNCTION move_dispatch_deadlines() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE dispatch_tasks SET deadline = coalesce(least(NEW.return_by, NEW.change_by), 'infinity'),
                              promised_by = coalesce(NEW.news_by, 'infinity')
     WHERE case_id = NEW.id AND kind IN ('failure', 'promise') AND state IN ('open', 'acknowledged');
    RETURN NULL;
END $$;
DROP TRIGGER cases_deadline_moved ON cases;
CREATE TRIGGER cases_deadline_moved AFTER UPDATE OF return_by, change_by, news_by ON cases
    FOR EACH ROW WHEN (least(OLD.return_by, OLD.change_by) IS DISTINCT FROM
                       least(NEW.return_by, NEW.change_by) OR OLD.news_by IS DISTINCT FROM NEW.news_by)
    EXECUTE FUNCTION move_dispatch_deadlines();

-- What was done in the console lately, so that whoever did it can take it back.
CREATE TABLE console_acts (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key_id     bigint NOT NULL,        -- whose act it was
    act        text NOT NULL,
    at         timestamptz NOT NULL,
    before     jsonb NOT NULL,         -- each task as it was
    undone_at  timestamptz
);
CREATE INDEX console_acts_at ON console_acts (at);
