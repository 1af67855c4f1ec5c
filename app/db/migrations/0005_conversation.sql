-- Messages, dispatch tasks, bookings and surveys: what people are told, asked and promised.

CREATE TABLE messages (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id        bigint NOT NULL,
    audience       text NOT NULL CHECK (audience IN ('dispatcher', 'customer', 'shipper')),
    topic          text NOT NULL,           -- what it is about: task-7, failure, news, survey, …
    once_key       text NOT NULL UNIQUE,    -- saying the same thing twice is saying it once
    channel        text NOT NULL,           -- sms, email
    recipient      text NOT NULL,           -- number or e-mail address
    then_by        jsonb NOT NULL DEFAULT '[]',  -- further ways, [{channel, recipient}]
    route          int NOT NULL DEFAULT 1,  -- which of the ways this is
    subject        text NOT NULL DEFAULT '',
    text           text NOT NULL,
    html           text,
    calendar       text,                    -- an invitation, RFC 5545
    needs_case     text NOT NULL DEFAULT 'open' CHECK (needs_case IN ('open', 'closed', 'any')),
    not_after      timestamptz,             -- then it is too late to be useful
    quiet_hours    jsonb,                   -- {"from": "21:00", "to": "08:00", "zone": …}
    state          text NOT NULL DEFAULT 'queued' CHECK (state IN
                   ('queued', 'sending', 'sent', 'delivered', 'failed', 'unknown', 'suppressed')),
    why            text,                    -- of failed, unknown and suppressed; of the last try
    withdrawn      text,                    -- why no more of it is wanted: no repeat, no other way
    due_at         timestamptz NOT NULL,
    lease_until    timestamptz,             -- a hint is on its way until then
    attempt        int NOT NULL DEFAULT 0,  -- hints sent
    tries          int NOT NULL DEFAULT 0,  -- calls to the provider
    wake_at        timestamptz NOT NULL GENERATED ALWAYS AS (greatest(due_at, lease_until)) STORED,
    sending_since  timestamptz,             -- machine time
    provider       text,
    provider_id    text,
    created_at     timestamptz NOT NULL,
    done_at        timestamptz,
    request_id     text NOT NULL
);
CREATE INDEX messages_wake ON messages (wake_at, id) WHERE state = 'queued';
CREATE INDEX messages_sending ON messages (sending_since) WHERE state = 'sending';
CREATE INDEX messages_case ON messages (case_id, id);
CREATE INDEX messages_provider ON messages (provider, provider_id) WHERE provider_id IS NOT NULL;
-- whose reply this is
CREATE INDEX messages_recipient ON messages (recipient, id) WHERE audience = 'customer';

CREATE FUNCTION claim_messages(p_now timestamptz, p_limit int, p_lease interval)
RETURNS TABLE (id bigint, attempt int, lost boolean) LANGUAGE sql
SET enable_seqscan = off SET enable_sort = off SET enable_bitmapscan = off
SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
    UPDATE messages m
       SET attempt = m.attempt + 1,
           lease_until = p_now + p_lease * (1 << least(m.attempt, 8))
      FROM (SELECT d.id, d.lease_until AS hinted FROM messages d
             WHERE d.state = 'queued' AND d.wake_at <= p_now
             ORDER BY d.wake_at, d.id LIMIT p_limit FOR UPDATE SKIP LOCKED) due
     WHERE m.id = due.id
    RETURNING m.id, m.attempt, due.hinted IS NOT NULL
$$;

CREATE TABLE opt_outs (
    channel    text NOT NULL,
    recipient  text NOT NULL,
    at         timestamptz NOT NULL,
    why        text NOT NULL,
    PRIMARY KEY (channel, recipient)
);

-- What a dispatcher is called for; open until somebody acknowledges.
CREATE TABLE dispatch_tasks (
    id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id          bigint NOT NULL,
    depot_id         bigint NOT NULL,
    kind             text NOT NULL CHECK (kind IN ('failure', 'promise', 'recovery')),
    round            int NOT NULL,
    state            text NOT NULL DEFAULT 'open'
                     CHECK (state IN ('open', 'acknowledged', 'resolved', 'withdrawn')),
    level            int NOT NULL DEFAULT 0,   -- the level that was called last
    calls            int NOT NULL DEFAULT 0,   -- how often the catch-all was called
    called_at        timestamptz,
    acknowledged_at  timestamptz,
    acknowledged_by  text,
    outcome          text,
    note             text,
    resolved_at      timestamptz,
    created_at       timestamptz NOT NULL,
    UNIQUE (case_id, kind, round)
);
CREATE INDEX dispatch_tasks_open ON dispatch_tasks (depot_id, id)
    WHERE state IN ('open', 'acknowledged');

-- Where and when a parcel can be had again.
CREATE TABLE slot_rules (                     -- the week of a depot
    depot_id      bigint NOT NULL REFERENCES depots,
    weekday       int NOT NULL CHECK (weekday BETWEEN 1 AND 7),  -- ISO: Monday is 1
    starts        time NOT NULL,              -- depot's local time
    ends          time NOT NULL CHECK (ends > starts),
    capacity      int NOT NULL CHECK (capacity > 0),
    cutoff        interval NOT NULL,          -- before the start
    PRIMARY KEY (depot_id, weekday, starts)
);
CREATE TABLE depot_closures (
    depot_id  bigint NOT NULL REFERENCES depots,
    day       date NOT NULL,
    why       text NOT NULL,
    PRIMARY KEY (depot_id, day)
);
CREATE TABLE slots (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    depot_id   bigint NOT NULL REFERENCES depots,
    starts_at  timestamptz NOT NULL,
    ends_at    timestamptz NOT NULL,
    cutoff_at  timestamptz NOT NULL,
    capacity   int NOT NULL,
    taken      int NOT NULL DEFAULT 0,
    UNIQUE (depot_id, starts_at),
    CHECK (taken BETWEEN 0 AND capacity)
);
CREATE TABLE pickup_points (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    depot_id   bigint NOT NULL REFERENCES depots,
    name       text NOT NULL,
    address    text NOT NULL,
    hours      text NOT NULL,                 -- as a person reads it
    ready_in   interval NOT NULL,             -- until a parcel is there
    keeps_for  interval NOT NULL,             -- then it goes back
    capacity   int NOT NULL,
    taken      int NOT NULL DEFAULT 0,
    UNIQUE (depot_id, name),
    CHECK (taken BETWEEN 0 AND capacity)
);
CREATE TABLE bookings (
    id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id          bigint NOT NULL,
    round            int NOT NULL,
    kind             text NOT NULL CHECK (kind IN ('redelivery', 'pickup')),
    slot_id          bigint REFERENCES slots,
    pickup_point_id  bigint REFERENCES pickup_points,
    starts_at        timestamptz NOT NULL,
    ends_at          timestamptz NOT NULL,
    cutoff_at        timestamptz NOT NULL,    -- until then it can be changed
    chosen_by        text NOT NULL CHECK (chosen_by IN ('customer', 'policy', 'dispatcher')),
    state            text NOT NULL DEFAULT 'standing'
                     CHECK (state IN ('standing', 'changed', 'kept', 'broken', 'dropped')),
    sequence         int NOT NULL,            -- of the invitation, RFC 5545
    created_at       timestamptz NOT NULL,
    ended_at         timestamptz,             -- since when it stands no longer
    UNIQUE (case_id, sequence),
    CHECK ((kind = 'redelivery') = (slot_id IS NOT NULL)),
    CHECK ((kind = 'pickup') = (pickup_point_id IS NOT NULL))
);
CREATE UNIQUE INDEX bookings_one_standing ON bookings (case_id) WHERE state = 'standing';

CREATE TABLE surveys (
    case_id      bigint PRIMARY KEY,
    asked_at     timestamptz NOT NULL,
    answered_at  timestamptz,
    score        int CHECK (score BETWEEN 1 AND 5),
    words        text
);
