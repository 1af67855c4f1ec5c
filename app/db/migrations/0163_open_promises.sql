-- Open promises stand beside all others, where nothing is logged (0150): one of a kind for a case, and in
-- the order in which they pass. That a promise is settled writes no index of `promises` any more.
CREATE UNLOGGED TABLE open_promises (
    case_id bigint NOT NULL,
    kind text NOT NULL,
    about bigint NOT NULL,
    id bigint NOT NULL,
    due_at timestamptz NOT NULL,
    wait_until timestamptz NOT NULL,
    PRIMARY KEY (case_id, kind, about)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX open_promises_due ON open_promises (wait_until, id);

CREATE FUNCTION promise_is_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO open_promises VALUES (NEW.case_id, NEW.kind, NEW.about, NEW.id, NEW.due_at,
                                      NEW.wait_until);
    RETURN NULL;
END $$;
CREATE FUNCTION promise_is_settled() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM open_promises
     WHERE case_id = OLD.case_id AND kind = OLD.kind AND about = OLD.about AND id = OLD.id;
    RETURN NULL;
END $$;
CREATE TRIGGER promises_made AFTER INSERT ON promises FOR EACH ROW
    WHEN (NEW.state = 'open') EXECUTE FUNCTION promise_is_open();
CREATE TRIGGER promises_settled AFTER UPDATE OF state ON promises FOR EACH ROW
    WHEN (OLD.state = 'open' AND NEW.state <> 'open') EXECUTE FUNCTION promise_is_settled();
CREATE TRIGGER promises_gone AFTER DELETE ON promises FOR EACH ROW
    WHEN (OLD.state = 'open') EXECUTE FUNCTION promise_is_settled();

CREATE FUNCTION fill_open_promises() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    LOCK TABLE promises IN SHARE ROW EXCLUSIVE MODE;  -- nobody writes meanwhile, and one alone fills
    INSERT INTO open_promises
    SELECT case_id, kind, about, id, due_at, wait_until FROM promises WHERE state = 'open'
        ON CONFLICT (case_id, kind, about) DO NOTHING;
    INSERT INTO unlogged_is_whole VALUES ('promises', clock_timestamp()) ON CONFLICT (part) DO NOTHING;
END $$;
SELECT fill_open_promises();
DROP INDEX promises_one_open, promises_due;
ALTER TABLE promises SET (fillfactor = 75);
