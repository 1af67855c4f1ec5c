-- Every hour that a customer was told is a row, and so is what became of it.
CREATE TABLE promises (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id     bigint NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('news', 'answer', 'confirm', 'window', 'ready')),
    about       bigint NOT NULL DEFAULT 0,      -- the id of a question or booking; 0: the case itself
    due_at      timestamptz NOT NULL,           -- the hour that was said
    wait_until  timestamptz NOT NULL,           -- by then whoever knows has told us whether it was kept
    made_at     timestamptz NOT NULL,
    state       text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'kept', 'broken', 'released')),
    settled_at  timestamptz,
    settled_by  text,                           -- what kept, broke or released it
    CHECK ((state = 'open') = (settled_at IS NULL))
);
CREATE UNIQUE INDEX promises_one_open ON promises (case_id, kind, about) WHERE state = 'open';
CREATE INDEX promises_due ON promises (wait_until, id) WHERE state = 'open';
CREATE INDEX promises_case ON promises (case_id, id);

-- A case is closed in several places, one of them a webhook's own statement. Whichever it is, nothing
-- stays promised: a delivery in time keeps what was said of it, and news that nobody needs any more are
-- released. An answer is owed all the same.
CREATE FUNCTION settle_promises_of_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE promises
       SET state = CASE WHEN NEW.resolution <> 'delivered' OR kind = 'confirm' THEN 'released'
                        WHEN NEW.closed_at <= CASE kind WHEN 'window' THEN due_at ELSE wait_until END
                        THEN 'kept' ELSE 'broken' END,
           settled_at = NEW.updated_at, settled_by = NEW.resolution
     WHERE case_id = NEW.id AND state = 'open' AND kind <> 'answer';
    RETURN NULL;
END $$;
CREATE TRIGGER cases_closed_promises AFTER UPDATE OF state ON cases
    FOR EACH ROW WHEN (NEW.state = 'closed' AND OLD.state <> 'closed')
    EXECUTE FUNCTION settle_promises_of_closed();

-- What stands promised in a running copy.
INSERT INTO promises (case_id, kind, due_at, wait_until, made_at)
SELECT id, 'news', news_by, news_by, updated_at FROM cases
 WHERE state <> 'closed' AND informed_at IS NOT NULL AND news_by IS NOT NULL;
INSERT INTO promises (case_id, kind, about, due_at, wait_until, made_at)
SELECT b.case_id, CASE b.kind WHEN 'pickup' THEN 'ready' ELSE 'window' END, b.id,
       CASE b.kind WHEN 'pickup' THEN b.starts_at ELSE b.ends_at END,
       greatest(b.ends_at, c.news_by), b.created_at
  FROM bookings b JOIN cases c ON c.id = b.case_id WHERE b.state = 'standing';
