-- Looking outward: contacts looked up at the shipper's own address, and the rhythm of couriers.

-- Where a shipper's own system is asked for a recipient's contact.
ALTER TABLE shippers ADD COLUMN lookup_url text,    -- with {tracking_number}, {order_ref}
                     ADD COLUMN lookup_token bytea; -- encrypted; sent as a bearer token
CREATE INDEX shippers_lookup ON shippers (id) WHERE lookup_url IS NOT NULL;

-- A question to a shipper's system: claimed, asked with no transaction open, recorded.
CREATE TABLE lookups (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id      bigint NOT NULL,
    shipper_id   bigint NOT NULL REFERENCES shippers,
    state        text NOT NULL DEFAULT 'queued'
                 CHECK (state IN ('queued', 'found', 'nothing', 'failed', 'dropped')),
    why          text,                      -- of the last try
    due_at       timestamptz NOT NULL,
    give_up_at   timestamptz NOT NULL,      -- then the shipper is asked in person
    lease_until  timestamptz,               -- a hint is on its way, or a call is made
    attempt      int NOT NULL DEFAULT 0,    -- hints sent; one with an older number is stale
    tries        int NOT NULL DEFAULT 0,    -- calls made
    wake_at      timestamptz NOT NULL GENERATED ALWAYS AS (greatest(due_at, lease_until)) STORED,
    created_at   timestamptz NOT NULL,
    done_at      timestamptz,
    request_id   text NOT NULL
);
CREATE UNIQUE INDEX lookups_one_live ON lookups (case_id) WHERE state = 'queued';
CREATE INDEX lookups_wake ON lookups (shipper_id, wake_at, id) WHERE state = 'queued';
CREATE INDEX lookups_leased ON lookups (shipper_id, lease_until)
    WHERE state = 'queued' AND lease_until IS NOT NULL;

-- Claim what is due: `p_each` calls at once to one shipper, so that a slow one holds up nobody.
CREATE FUNCTION claim_lookups(p_now timestamptz, p_each int, p_limit int, p_lease interval)
RETURNS TABLE (id bigint, attempt int) LANGUAGE sql AS $$
    UPDATE lookups l SET attempt = l.attempt + 1, lease_until = p_now + p_lease
      FROM (SELECT q.id FROM lookups q
             WHERE q.state = 'queued' AND q.wake_at <= p_now AND q.id IN (
                SELECT due.id FROM shippers h
                 CROSS JOIN LATERAL (
                    SELECT count(*) AS calls FROM lookups b
                     WHERE b.shipper_id = h.id AND b.state = 'queued' AND b.lease_until > p_now
                 ) busy
                 CROSS JOIN LATERAL (
                    SELECT d.id FROM lookups d
                     WHERE d.shipper_id = h.id AND d.state = 'queued' AND d.wake_at <= p_now
                     ORDER BY d.wake_at, d.id LIMIT greatest(p_each - busy.calls, 0)
                 ) due
                 WHERE h.lookup_url IS NOT NULL)
             ORDER BY q.wake_at, q.id LIMIT p_limit FOR UPDATE SKIP LOCKED) mine
     WHERE l.id = mine.id
    RETURNING l.id, l.attempt
$$;

-- Whether a shipper's system is worth calling, for all processes.
CREATE TABLE lookup_circuits (
    shipper_id   bigint PRIMARY KEY REFERENCES shippers,
    failures     int NOT NULL DEFAULT 0,    -- in a row
    open_until   timestamptz,               -- no call before
    probe_until  timestamptz                -- one call finds out whether it works again
);

-- Events of each account by the hour, and the minutes of it that had any (bit 0: minute 0).
CREATE TABLE courier_hours (
    account_id  bigint NOT NULL REFERENCES courier_accounts,
    hour        timestamptz NOT NULL,
    events      int NOT NULL,
    minutes     bigint NOT NULL,
    PRIMARY KEY (account_id, hour)
);

-- What is usual at each hour of the week (0: Monday 00:00 at the account's clocks), and the
-- last sign of life.
CREATE TABLE courier_rhythms (
    account_id  bigint PRIMARY KEY REFERENCES courier_accounts,
    first_at    timestamptz NOT NULL,       -- since when it is watched
    last_at     timestamptz NOT NULL,       -- the newest event
    zone        text NOT NULL DEFAULT 'UTC',  -- whose clocks the hours are on
    weeks       int NOT NULL DEFAULT 0,     -- learned from so many whole weeks
    events      real[] NOT NULL DEFAULT '{}',  -- usual number
    minutes     real[] NOT NULL DEFAULT '{}',  -- usual number of minutes with any
    active      real[] NOT NULL DEFAULT '{}',  -- share of the weeks with any
    learned_at  timestamptz,
    CHECK (weeks = 0 OR (cardinality(events) = 168 AND cardinality(minutes) = 168
                         AND cardinality(active) = 168))
);

-- How far the events are counted. Numbers are given before they are committed, so what was
-- seen in one turn is counted in the next, when all of it is there.
CREATE TABLE intake_marks (
    name     text PRIMARY KEY,
    counted  bigint NOT NULL,
    seen     bigint NOT NULL,
    seen_at  timestamptz NOT NULL
);
INSERT INTO intake_marks SELECT 'courier_events', 0, coalesce(max(id), 0), '-infinity'
  FROM courier_events;

-- Codes that no adapter knows, so that somebody sees a new one appear.
CREATE TABLE unknown_codes (
    account_id  bigint NOT NULL,
    code        text NOT NULL,
    words       text NOT NULL,              -- the courier's, of the last one
    events      bigint NOT NULL,
    first_at    timestamptz NOT NULL,
    last_at     timestamptz NOT NULL,
    PRIMARY KEY (account_id, code)
);
