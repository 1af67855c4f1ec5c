-- Gestures: what a shipper gives to a customer it let down, within its rules and never twice.

CREATE TABLE gesture_rules (
    shipper_id  bigint PRIMARY KEY REFERENCES shippers,
    rules       jsonb NOT NULL
);

-- One counter for each shipper and month; it is only ever changed with a condition on it.
CREATE TABLE gesture_budgets (
    shipper_id  bigint NOT NULL REFERENCES shippers,
    month       date NOT NULL,                -- its first day
    spent       bigint NOT NULL CHECK (spent >= 0),  -- in the smallest unit of the currency
    PRIMARY KEY (shipper_id, month)
);

-- Whoever gives to a customer holds these rows, so that two cannot both be the first. A key is a
-- keyed digest, of a number, a mail address without its alias, or the shipper's own name for them.
CREATE TABLE gesture_customers (
    shipper_id    bigint NOT NULL REFERENCES shippers,
    customer_key  text NOT NULL,
    PRIMARY KEY (shipper_id, customer_key)
);

CREATE TABLE gestures (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    shipper_id     bigint NOT NULL REFERENCES shippers,
    case_id        bigint NOT NULL REFERENCES cases,
    kind           text NOT NULL CHECK (kind IN ('credit', 'voucher', 'refund')),
    why            text NOT NULL,
    state          text NOT NULL CHECK (state IN ('asked', 'made', 'refused', 'lapsed')),
    amount         bigint NOT NULL CHECK (amount >= 0),
    currency       text NOT NULL,
    month          date NOT NULL,             -- whose budget it is of
    customer_keys  text[] NOT NULL,
    code           bytea,                     -- sealed
    decided_at     timestamptz NOT NULL,
    since          timestamptz NOT NULL,      -- when the customer was let down
    settled_at     timestamptz,
    settled_by     text,
    UNIQUE (shipper_id, case_id, kind)
);
CREATE INDEX gestures_case ON gestures (case_id);
CREATE INDEX gestures_customer ON gestures USING gin (customer_keys);

-- A list of codes; one is reserved for a gesture before anybody is told of it.
CREATE TABLE gesture_codes (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    shipper_id  bigint NOT NULL REFERENCES shippers,
    code        bytea NOT NULL,               -- sealed
    digest      text NOT NULL,                -- so that none is imported twice
    amount      bigint NOT NULL CHECK (amount > 0),
    currency    text NOT NULL,
    expires_on  date,
    gesture_id  bigint UNIQUE REFERENCES gestures,
    UNIQUE (shipper_id, digest)
);
CREATE INDEX gesture_codes_free ON gesture_codes (shipper_id, currency, amount DESC, id)
    WHERE gesture_id IS NULL;
