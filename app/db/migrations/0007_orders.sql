-- The order gate: batches that wait for a person, answers that are given once, and alerts.

-- Over this share of invalid numbers a batch of orders is held, and an operator decides.
ALTER TABLE shippers ADD COLUMN hold_share real NOT NULL DEFAULT 0.3
    CHECK (hold_share BETWEEN 0 AND 1);

CREATE TABLE held_batches (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    shipper_id    bigint NOT NULL REFERENCES shippers,
    sent_by       text NOT NULL,            -- the key's name
    digest        bytea NOT NULL,           -- SHA-256 of the body: the same batch is held once
    lines         boolean NOT NULL,         -- NDJSON, else a JSON list
    body          bytea,                    -- as it came; forgotten once it is decided
    orders        int NOT NULL,
    invalid       int NOT NULL,             -- how many numbers cannot be used
    faults        jsonb NOT NULL,           -- {fault: count} of those numbers
    state         text NOT NULL DEFAULT 'held' CHECK (state IN ('held', 'released', 'discarded')),
    as_is         boolean,                  -- released with numbers that cannot be used
    received_at   timestamptz NOT NULL,
    decided_at    timestamptz,
    CHECK ((state = 'held') = (body IS NOT NULL))
);
-- For one that comes again: held once more it is the same, decided it stays decided.
CREATE UNIQUE INDEX held_batches_once ON held_batches (shipper_id, digest)
    WHERE state <> 'discarded';

-- What an operator should look at. One of a kind stands open for each subject.
CREATE TABLE alerts (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind        text NOT NULL,              -- orders_held, courier_silent, lookup_down
    subject     text NOT NULL,              -- which one: a batch, an account's or shipper's slug
    shipper_id  bigint REFERENCES shippers,
    account_id  bigint REFERENCES courier_accounts,
    facts       jsonb NOT NULL DEFAULT '{}',
    raised_at   timestamptz NOT NULL,
    ended_at    timestamptz
);
CREATE UNIQUE INDEX alerts_one_open ON alerts (kind, subject) WHERE ended_at IS NULL;
CREATE INDEX alerts_account ON alerts (account_id, id) WHERE account_id IS NOT NULL;

-- Answers to requests that named an Idempotency-Key. Times are the machine's.
CREATE TABLE idempotency_keys (
    scope         text NOT NULL,            -- who asked for what
    key           text NOT NULL,
    digest        bytea NOT NULL,           -- SHA-256 of the request
    started_at    timestamptz NOT NULL,
    status        int,                      -- null while it is being worked on
    content_type  text,
    body          bytea,
    PRIMARY KEY (scope, key)
);
CREATE INDEX idempotency_keys_age ON idempotency_keys (started_at);
