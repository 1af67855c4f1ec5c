-- Whoever takes a task on has it for some time. They are reminded, and what they do not finish goes back to
-- the ladder, from its first level on. Until an hour in words is said again, `deadline` bounds all of it.
ALTER TABLE dispatch_tasks
    ADD COLUMN remind_at    timestamptz,             -- then whoever has it is reminded, once
    ADD COLUMN done_by      timestamptz,             -- then it goes back to the ladder
    ADD COLUMN had_by       text,                    -- who had it when it went back last
    ADD COLUMN went_back_at timestamptz,
    ADD COLUMN turn         int NOT NULL DEFAULT 0,  -- how often it went back
    ADD COLUMN wakes_on     text                     -- what ends a snooze before its time
        CHECK (wakes_on IN ('scan', 'choice', 'reply'));

-- A scan of a parcel that somebody waits for: what waits for it is due. A scan alone is weighed by no step.
CREATE FUNCTION wake_on_scan() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE steps SET due_at = NEW.at, lease_until = NULL
     WHERE case_id = NEW.case_id AND name = 'wake_on_scan' AND due_at > NEW.at;
    RETURN NULL;
END $$;
CREATE TRIGGER timeline_scan_wakes AFTER INSERT ON timeline FOR EACH ROW
    WHEN (NEW.kind IN ('courier_progress', 'courier_warning')) EXECUTE FUNCTION wake_on_scan();
