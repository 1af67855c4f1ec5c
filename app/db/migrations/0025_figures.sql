-- What the dashboard shows costs the same however many cases there were: what each case counts for is
-- kept, and added up by the hour and the day in which cases began.

-- Cases whose figures may have changed. Whoever changes one only adds a row, so that nobody waits for
-- another's counter; the clock counts these cases anew, many at a time. Who reads adds them himself.
CREATE TABLE figure_changes (case_id bigint NOT NULL);

-- What each case counts for: a key for each thing there is to count, as often as there is one.
CREATE TABLE case_figures (
    case_id     bigint PRIMARY KEY,
    shipper_id  bigint NOT NULL,
    opened_at   timestamptz NOT NULL,
    keys        text[] NOT NULL
);
CREATE INDEX case_figures_opened ON case_figures (opened_at);

-- The sums of the cases that began in one hour or one day, UTC.
CREATE TABLE figure_blocks (
    shipper_id  bigint NOT NULL,            -- 0: of all shippers
    hours       int NOT NULL CHECK (hours IN (1, 24)),
    starts_at   timestamptz NOT NULL,
    keys        text[] NOT NULL,
    counts      int[] NOT NULL,             -- one for each key
    PRIMARY KEY (shipper_id, hours, starts_at)
);
CREATE INDEX figure_blocks_start ON figure_blocks (starts_at);

-- Triggers for each row, as most changes are of one row, and what is false in a WHEN is not called.
CREATE FUNCTION case_figures_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO figure_changes VALUES (CASE TG_OP WHEN 'DELETE' THEN OLD.id ELSE NEW.id END);
    RETURN NULL;
END $$;
CREATE FUNCTION figures_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO figure_changes
    VALUES (CASE TG_OP WHEN 'DELETE' THEN OLD.case_id ELSE NEW.case_id END);
    RETURN NULL;
END $$;

CREATE TRIGGER cases_figures_made AFTER INSERT OR DELETE ON cases
    FOR EACH ROW EXECUTE FUNCTION case_figures_change();
CREATE TRIGGER cases_figures_changed
    AFTER UPDATE OF state, resolution, fault, reason, shipper_id, opened_at ON cases FOR EACH ROW
    WHEN ((OLD.state, OLD.resolution, OLD.fault, OLD.reason, OLD.shipper_id, OLD.opened_at)
          IS DISTINCT FROM
          (NEW.state, NEW.resolution, NEW.fault, NEW.reason, NEW.shipper_id, NEW.opened_at))
    EXECUTE FUNCTION case_figures_change();

CREATE TRIGGER dispatch_tasks_figures_made AFTER INSERT OR DELETE ON dispatch_tasks
    FOR EACH ROW EXECUTE FUNCTION figures_change();
CREATE TRIGGER dispatch_tasks_figures_changed
    AFTER UPDATE OF state, acknowledged_at, kind ON dispatch_tasks FOR EACH ROW
    WHEN ((OLD.state, OLD.acknowledged_at, OLD.kind) IS DISTINCT FROM
          (NEW.state, NEW.acknowledged_at, NEW.kind))
    EXECUTE FUNCTION figures_change();

-- Messages that wait or are on their way count for nothing yet.
CREATE TRIGGER messages_figures_made AFTER INSERT ON messages FOR EACH ROW
    WHEN (NEW.state NOT IN ('queued', 'sending')) EXECUTE FUNCTION figures_change();
CREATE TRIGGER messages_figures_changed AFTER UPDATE OF state, why, done_at ON messages FOR EACH ROW
    WHEN ((OLD.state, OLD.why, OLD.done_at) IS DISTINCT FROM (NEW.state, NEW.why, NEW.done_at)
          AND NOT (OLD.state IN ('queued', 'sending') AND NEW.state IN ('queued', 'sending')))
    EXECUTE FUNCTION figures_change();
CREATE TRIGGER messages_figures_gone AFTER DELETE ON messages FOR EACH ROW
    WHEN (OLD.state NOT IN ('queued', 'sending')) EXECUTE FUNCTION figures_change();

CREATE TRIGGER bookings_figures AFTER INSERT OR DELETE OR UPDATE OF state, chosen_by ON bookings
    FOR EACH ROW EXECUTE FUNCTION figures_change();
CREATE TRIGGER surveys_figures AFTER INSERT OR DELETE OR UPDATE OF score ON surveys
    FOR EACH ROW EXECUTE FUNCTION figures_change();

-- What customers said and chose; the other entries of a timeline are counted nowhere.
CREATE TRIGGER timeline_figures AFTER INSERT ON timeline FOR EACH ROW
    WHEN (NEW.kind IN ('customer_reply', 'contact_elsewhere', 'booked', 'rebooked'))
    EXECUTE FUNCTION figures_change();

-- All cases that the dashboard can show are counted by the clock in the minutes after this, the
-- newest first. Meanwhile the dashboard is right, and as slow as it was.
INSERT INTO figure_changes SELECT id FROM cases
 WHERE opened_at > now() - interval '100 days' ORDER BY id DESC;
