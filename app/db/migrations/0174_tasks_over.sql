-- Tasks that are over are listed by their state and number: without an index of their own the list of a
-- state that few of them have would walk through all that ever were (0162).
CREATE INDEX dispatch_tasks_over ON dispatch_tasks (state, id) WHERE state IN ('resolved', 'withdrawn');
