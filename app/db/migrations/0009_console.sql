-- What the console and the dashboard look for.

-- What was finished of late, for the console: without it the whole history is read.
CREATE INDEX dispatch_tasks_over ON dispatch_tasks (resolved_at)
    WHERE state IN ('resolved', 'withdrawn');
-- The cases of some days, for the dashboard: every figure begins with these. Rows lie in the
-- order in which they were opened, so ranges of blocks suffice, and a new case pays nothing.
CREATE INDEX cases_opened ON cases USING brin (opened_at) WITH (autosummarize = on);
