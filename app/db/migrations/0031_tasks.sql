-- A task can be about a question, a booking or a decision, and of one kind there may be several: each is
-- about something else.
ALTER TABLE dispatch_tasks
    ADD COLUMN about bigint NOT NULL DEFAULT 0,   -- the id of what it is about; 0: the case itself
    DROP CONSTRAINT dispatch_tasks_kind_check,
    ADD CONSTRAINT dispatch_tasks_kind_check CHECK (kind IN
        ('failure', 'promise', 'question', 'handover', 'decision', 'recovery')),
    DROP CONSTRAINT dispatch_tasks_case_id_kind_round_key,
    ADD CONSTRAINT dispatch_tasks_case_id_kind_round_about_key UNIQUE (case_id, kind, round, about);

-- A case's return deadline can move; what is called for because of the delivery moves with it, while an
-- answer, a confirmation or a decision has a time of its own.
CREATE OR REPLACE FUNCTION move_dispatch_deadlines() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE dispatch_tasks SET deadline = coalesce(NEW.return_by, 'infinity')
     WHERE case_id = NEW.id AND kind IN ('failure', 'promise') AND state IN ('open', 'acknowledged');
    RETURN NULL;
END $$;
