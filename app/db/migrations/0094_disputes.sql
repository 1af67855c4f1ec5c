-- "Did the courier come?" What the courier said of an attempt, what the customer says, and what shows
-- which of them is right. Evidence is only added to; its digests say that it is what it was.
CREATE TABLE disputes (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id      bigint NOT NULL REFERENCES cases,
    event_id     bigint NOT NULL,               -- the courier's report in courier_events
    attempted_at timestamptz NOT NULL,          -- as the courier says
    reason       text NOT NULL,                 -- our reason for the courier's words
    code         text NOT NULL,                 -- the courier's own
    words        text NOT NULL,
    came         boolean NOT NULL,              -- what the customer says
    said         text NOT NULL,                 -- and in their words, if any
    said_at      timestamptz NOT NULL,
    finding      text NOT NULL CHECK (finding IN ('contradicts', 'supports', 'open')),
    state        text NOT NULL CHECK (state IN ('agreed', 'open', 'accepted', 'rejected')),
    settled_at   timestamptz,
    settled_by   text,
    why          text NOT NULL DEFAULT '',      -- how it was settled, in words for the customer
    UNIQUE (case_id, event_id)
);

CREATE TABLE dispute_evidence (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    dispute_id  bigint NOT NULL REFERENCES disputes ON DELETE CASCADE,
    kind        text NOT NULL CHECK (kind IN ('report', 'statement', 'check', 'note', 'photo')),
    source      text NOT NULL CHECK (source IN ('courier', 'customer', 'reknock')),
    at          timestamptz NOT NULL,           -- when it happened or was made, as it says itself
    recorded_at timestamptz NOT NULL,
    content     jsonb NOT NULL,                 -- what it says; see app/disputes/evidence.py
    photo       text NOT NULL DEFAULT '',       -- its name in `photos`
    sha256      text NOT NULL CHECK (length(sha256) = 64),
    bytes       int NOT NULL,                   -- how many bytes the digest is of
    UNIQUE (dispute_id, kind, sha256)
);
CREATE INDEX disputes_case ON disputes (case_id);
