-- What operators and the audit ask costs the same whatever stands open and whatever was ever closed.

-- Gauges of /metrics, kept as their rows change. Whoever changes one only adds a row to the changes, so
-- that nobody waits for another's counter; the clock folds them into the counts every few seconds.
CREATE TABLE gauge_counts (
    gauge  text NOT NULL,
    label  text NOT NULL,               -- of cases their state; else empty
    value  bigint NOT NULL,
    PRIMARY KEY (gauge, label)
);
CREATE TABLE gauge_changes (
    gauge   text NOT NULL,
    label   text NOT NULL,
    change  bigint NOT NULL
);
CREATE VIEW gauges AS
    SELECT gauge, label, sum(value)::bigint AS value
      FROM (SELECT * FROM gauge_counts UNION ALL SELECT * FROM gauge_changes) kept
     GROUP BY gauge, label HAVING sum(value) <> 0;

-- Triggers for each row, as most changes are of one row, and what is false in a WHEN is not called.
-- New cases have none: a condition costs a webhook as much as the call.
CREATE FUNCTION count_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.state <> 'closed' THEN
        INSERT INTO gauge_changes VALUES ('cases', OLD.state, -1);
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.state <> 'closed' THEN
        INSERT INTO gauge_changes VALUES ('cases', NEW.state, 1);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER cases_made_counted AFTER INSERT ON cases
    FOR EACH ROW EXECUTE FUNCTION count_case();
CREATE TRIGGER cases_moved_counted AFTER UPDATE OF state ON cases
    FOR EACH ROW WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION count_case();
CREATE TRIGGER cases_gone_counted AFTER DELETE ON cases
    FOR EACH ROW WHEN (OLD.state <> 'closed') EXECUTE FUNCTION count_case();

-- Called with the gauge's name and the change.
CREATE FUNCTION count_gauge() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO gauge_changes VALUES (TG_ARGV[0], '', TG_ARGV[1]::bigint);
    RETURN NULL;
END $$;
CREATE TRIGGER messages_queued_counted AFTER INSERT ON messages
    FOR EACH ROW WHEN (NEW.state = 'queued') EXECUTE FUNCTION count_gauge('messages_queued', '1');
CREATE TRIGGER messages_requeued_counted AFTER UPDATE OF state ON messages
    FOR EACH ROW WHEN (NEW.state = 'queued' AND OLD.state <> 'queued')
    EXECUTE FUNCTION count_gauge('messages_queued', '1');
CREATE TRIGGER messages_taken_counted AFTER UPDATE OF state ON messages
    FOR EACH ROW WHEN (OLD.state = 'queued' AND NEW.state <> 'queued')
    EXECUTE FUNCTION count_gauge('messages_queued', '-1');
CREATE TRIGGER messages_gone_counted AFTER DELETE ON messages
    FOR EACH ROW WHEN (OLD.state = 'queued') EXECUTE FUNCTION count_gauge('messages_queued', '-1');

INSERT INTO gauge_counts
SELECT 'cases', state, count(*) FROM cases WHERE state <> 'closed' GROUP BY state
UNION ALL SELECT 'messages_queued', '', count(*) FROM messages WHERE state = 'queued';

CREATE INDEX refusals_day ON refusals (day);

-- The audit of orphans looks at the cases that lost a step, at the new ones, and at a slice of all open
-- ones, from where the last look ended. A case whose step is done is a suspect until then: most have
-- the next step by the end of the same transaction.
CREATE TABLE orphan_suspects (case_id bigint NOT NULL);
CREATE FUNCTION suspect_orphans() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO orphan_suspects SELECT case_id FROM old_rows;
    RETURN NULL;
END $$;
CREATE TRIGGER steps_gone AFTER DELETE ON steps REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION suspect_orphans();

-- Numbers are given before they are committed: what was the newest case in one look is the end of
-- what is looked at in the next.
CREATE TABLE orphan_marks (
    swept    bigint NOT NULL,           -- the last case of the slice
    watched  bigint NOT NULL,           -- the last of the new cases that were looked at
    newest   bigint NOT NULL
);
INSERT INTO orphan_marks SELECT 0, coalesce(max(id), 0), coalesce(max(id), 0) FROM cases;

-- Steps that fail again and again are found without a look at those that wait.
CREATE INDEX steps_failing ON steps (wake_at, id) WHERE tries >= 3 AND last_error IS NOT NULL;
