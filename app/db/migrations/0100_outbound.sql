-- What happens in a shipper's cases is told to its own systems: signed, in order by case, until taken.

CREATE TABLE webhook_endpoints (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    shipper_id     bigint NOT NULL REFERENCES shippers,
    url            text NOT NULL,
    kinds          text[] NOT NULL DEFAULT '{}',     -- of the timeline; none: all of them
    secret         bytea NOT NULL,                   -- sealed
    former_secret  bytea,                            -- signs as well until then
    former_until   timestamptz,
    state          text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'paused', 'ended')),
    why            text NOT NULL DEFAULT '',
    failing_since  timestamptz,                      -- nothing was taken since then
    told_from      timestamptz NOT NULL,             -- paused: what happened since then is still owed
    created_at     timestamptz NOT NULL
);
CREATE INDEX webhook_endpoints_shipper ON webhook_endpoints (shipper_id);

-- One of each endpoint and case that something waits for: what is told of a case is told one after
-- another, and cases beside each other. Whoever adds to it or takes from it holds its row.
CREATE TABLE webhook_lanes (
    endpoint_id  bigint NOT NULL REFERENCES webhook_endpoints ON DELETE CASCADE,
    case_id      bigint NOT NULL,
    due_at       timestamptz NOT NULL,
    tries        int NOT NULL DEFAULT 0,             -- of the first that waits
    lease_until  timestamptz,                        -- machine time: somebody is at it
    PRIMARY KEY (endpoint_id, case_id)
);
CREATE INDEX webhook_lanes_due ON webhook_lanes (endpoint_id, due_at);

CREATE TABLE webhook_deliveries (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    endpoint_id  bigint NOT NULL REFERENCES webhook_endpoints ON DELETE CASCADE,
    case_id      bigint NOT NULL,
    event_id     bigint NOT NULL,                    -- of the timeline; 0 is a test
    kind         text NOT NULL,
    state        text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'taken', 'given_up')),
    tries        int NOT NULL DEFAULT 0,
    created_at   timestamptz NOT NULL,
    tried_at     timestamptz,
    status       int,                                -- what was answered last
    why          text NOT NULL DEFAULT '',           -- or why nothing was
    took_ms      int,
    body         text,                               -- as it was sent
    answer       text                                -- its beginning
);
CREATE UNIQUE INDEX webhook_deliveries_waiting ON webhook_deliveries (endpoint_id, case_id, event_id)
    WHERE state = 'waiting';
CREATE INDEX webhook_deliveries_log ON webhook_deliveries (endpoint_id, id);
CREATE INDEX webhook_deliveries_old ON webhook_deliveries (created_at) WHERE state <> 'waiting';

-- These events wait for this endpoint now; what waits already is not added twice.
CREATE FUNCTION owe_events(p_endpoint bigint, p_events bigint[], p_cases bigint[], p_kinds text[],
                           p_at timestamptz)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    added bigint;
BEGIN
    INSERT INTO webhook_lanes AS l (endpoint_id, case_id, due_at)
    SELECT p_endpoint, c, p_at FROM (SELECT DISTINCT unnest(p_cases) AS c ORDER BY c) cases
        ON CONFLICT (endpoint_id, case_id) DO UPDATE SET due_at = l.due_at;
    INSERT INTO webhook_deliveries (endpoint_id, case_id, event_id, kind, created_at)
    SELECT p_endpoint, e.case_id, e.id, e.kind, p_at
      FROM unnest(p_events, p_cases, p_kinds) AS e(id, case_id, kind) ORDER BY e.id
        ON CONFLICT (endpoint_id, case_id, event_id) WHERE state = 'waiting' DO NOTHING;
    GET DIAGNOSTICS added = ROW_COUNT;
    RETURN added;
END $$;

-- In the transaction of what happened, so that nothing is forgotten. Most installations have no
-- endpoint, and pay for one look at an empty table: for each row, as a table of new rows costs more.
CREATE FUNCTION tell_endpoints() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM webhook_endpoints WHERE state = 'active') THEN
        PERFORM owe_events(e.id, ARRAY[NEW.id], ARRAY[NEW.case_id], ARRAY[NEW.kind], NEW.at)
           FROM (SELECT e.id FROM webhook_endpoints e
                  WHERE e.shipper_id = (SELECT shipper_id FROM cases WHERE id = NEW.case_id)
                    AND e.state = 'active' AND (e.kinds = '{}' OR NEW.kind = ANY(e.kinds))
                  ORDER BY e.id) e;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER timeline_told AFTER INSERT ON timeline
    FOR EACH ROW EXECUTE FUNCTION tell_endpoints();
