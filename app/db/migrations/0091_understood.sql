-- What a message let its customer choose from by a number, and what was done on a customer's answer:
-- a digit means what the message offered that it answers, and what was done can be undone.
CREATE TABLE reply_offers (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id     bigint NOT NULL REFERENCES cases ON DELETE CASCADE,
    message_key text NOT NULL UNIQUE,           -- the idempotency key of the message
    kind        text NOT NULL CHECK (kind IN ('choices', 'cases')),
    choices     text[] NOT NULL,                -- by their numbers, from 1
    words       text NOT NULL DEFAULT '',       -- what was written, where we asked which parcel
    offered_at  timestamptz NOT NULL
);
CREATE INDEX reply_offers_case ON reply_offers (case_id, id DESC);

CREATE TABLE reply_acts (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id    bigint NOT NULL REFERENCES cases ON DELETE CASCADE,
    booking_id bigint NOT NULL,                 -- what was booked by it
    restores   boolean NOT NULL DEFAULT false,  -- whether it is what stood before, after an undo
    former_id  bigint,                          -- what stood before
    said_at    timestamptz NOT NULL,            -- when the answer was written, as its provider says
    done_at    timestamptz NOT NULL,
    undone_at  timestamptz
);
CREATE INDEX reply_acts_case ON reply_acts (case_id, id DESC);
