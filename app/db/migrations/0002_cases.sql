-- The parcel, what couriers said of it, and the case that is made of a failure.

-- What every webhook writes has no foreign keys: each would lock the same rows of shipper, account
-- and depot beside all others, or look up again what its own statement has just made, and none of
-- these rows ever goes.
CREATE TABLE shipments (
    id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    shipper_id       bigint NOT NULL,
    account_id       bigint,                -- who carries it, once a courier spoke
    depot_id         bigint,
    courier_ref      text,                  -- the courier's own id; tracking numbers are recycled
    tracking_number  text NOT NULL,
    order_ref        text,
    tracking_url     text,
    -- what the shipper's order says
    name             text,
    phone            text,
    email            text,
    language         text,
    address          jsonb,                 -- line1 line2 city region postcode country
    -- what the courier says
    courier_name     text,
    courier_phone    text,
    courier_email    text,
    courier_address  jsonb,
    status           text NOT NULL DEFAULT 'known',  -- kind of the newest event
    status_code      text,
    status_words     text,
    status_at        timestamptz,           -- when the courier says it happened
    attempts         int NOT NULL DEFAULT 0,
    last_attempt_at  timestamptz,
    delivered_at     timestamptz,
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL
);
-- What tells parcels apart stands first. Stood the shipper there, a planner with stale
-- statistics would walk all parcels of one.
CREATE UNIQUE INDEX shipments_courier_ref ON shipments (courier_ref, shipper_id)
    WHERE courier_ref IS NOT NULL;
CREATE INDEX shipments_tracking ON shipments (tracking_number, shipper_id);
CREATE INDEX shipments_order ON shipments (order_ref, shipper_id) WHERE order_ref IS NOT NULL;

CREATE TABLE cases (
    id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    shipment_id      bigint NOT NULL,
    shipper_id       bigint NOT NULL,
    account_id       bigint NOT NULL,
    depot_id         bigint NOT NULL,
    policy_id        bigint NOT NULL,       -- the snapshot this case runs by
    kind             text NOT NULL,         -- failed refused returned lost damaged
    -- open: the customer has not been told; informed: she chooses; booked: a promise stands
    state            text NOT NULL DEFAULT 'open'
                     CHECK (state IN ('open', 'informed', 'booked', 'closed')),
    round            int NOT NULL DEFAULT 1,  -- grows when a promise was broken
    reason           text NOT NULL,
    fault            text NOT NULL,
    words            text NOT NULL,         -- the courier's own
    opened_at        timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    contact_phone    text,                  -- E.164, can be reached by text message
    contact_line     text,                  -- mobile, fixed, voip, …
    contact_email    text,
    contact_fault    text,                  -- why there is no usable number
    acknowledged_at  timestamptz,
    acknowledged_by  text,
    informed_at      timestamptz,           -- when the first message to the customer was made
    news_by          timestamptz,           -- what we promised her
    choose_by        timestamptz,           -- then the policy chooses
    return_by        timestamptz,           -- then the courier sends it back
    closed_at        timestamptz,
    resolution       text,
    request_id       text NOT NULL
);
CREATE UNIQUE INDEX cases_one_open ON cases (shipment_id) WHERE state <> 'closed';
CREATE INDEX cases_shipment ON cases (shipment_id);
CREATE INDEX cases_open ON cases (id) WHERE state <> 'closed';
CREATE INDEX cases_shipper ON cases (shipper_id, id);

CREATE TABLE courier_events (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id   bigint NOT NULL,
    event_key    text NOT NULL,             -- the courier's; of a quarantined body its digest
    received_at  timestamptz NOT NULL,
    outcome      text NOT NULL,             -- accepted ignored quarantined
    kind         text,
    occurred_at  timestamptz,
    raw_time     text,
    shipment_id  bigint,
    case_id      bigint,
    fault        text,                      -- why it was quarantined
    request_id   text NOT NULL,
    headers      jsonb,                     -- of quarantined ones, for the replay
    body         bytea NOT NULL             -- as it came
) WITH (toast_tuple_target = 8160);
ALTER TABLE courier_events ALTER COLUMN body SET STORAGE EXTERNAL;
CREATE UNIQUE INDEX courier_events_once ON courier_events (account_id, event_key);
CREATE INDEX courier_events_case ON courier_events (case_id) WHERE case_id IS NOT NULL;
CREATE INDEX courier_events_quarantine ON courier_events (id) WHERE outcome = 'quarantined';

CREATE TABLE timeline (
    id       bigint GENERATED ALWAYS AS IDENTITY,
    case_id  bigint NOT NULL,
    at       timestamptz NOT NULL,
    kind     text NOT NULL,                 -- what happened; the texts are made when it is read
    actor    text NOT NULL,                 -- courier, customer, shipper, a person's name, reknock
    facts    jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (case_id, id)
);

CREATE TABLE refusals (                      -- webhooks that were not believed: only a count
    account  text NOT NULL,
    day      date NOT NULL,
    code     text NOT NULL,
    count    bigint NOT NULL,
    PRIMARY KEY (account, day, code)
);
