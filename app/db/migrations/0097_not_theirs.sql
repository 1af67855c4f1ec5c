-- Who reads our messages says that the parcel is not theirs: the link ends, the number or address is
-- left alone for this parcel, and the shipper is asked for another. Where too many say so at once the
-- number is kept until a person has looked (`held`).
CREATE TABLE wrong_contacts (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id    bigint NOT NULL REFERENCES cases,
    shipper_id bigint NOT NULL,
    account_id bigint NOT NULL,
    page_key   bytea,                     -- of the link on which it was said, which opens nothing now
    contacts   text[] NOT NULL,           -- numbers and addresses that the link had gone to
    spellings  text[] NOT NULL,           -- the same as courier and order write them
    state      text NOT NULL CHECK (state IN ('stopped', 'held', 'undone')),
    said_at    timestamptz NOT NULL,
    undone_at  timestamptz,
    undone_by  text
);
CREATE INDEX wrong_contacts_case ON wrong_contacts (case_id);
CREATE INDEX wrong_contacts_shipper ON wrong_contacts (shipper_id, said_at);
CREATE INDEX wrong_contacts_account ON wrong_contacts (account_id, said_at);

ALTER TABLE shipments ADD COLUMN not_theirs text[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN shipments.not_theirs IS
    'numbers and addresses that are not the recipient''s, also when courier or order say them again';

-- Somebody whom a customer asked to choose for them, by a link of their own: it says nothing of how
-- the customer can be reached, ends by itself, and can be taken back.
CREATE TABLE case_delegates (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id    bigint NOT NULL REFERENCES cases,
    name       text NOT NULL,             -- as the customer calls them; shown in the story
    hash       bytea NOT NULL UNIQUE,     -- SHA-256 of the random token in their link
    made_at    timestamptz NOT NULL,
    ends_at    timestamptz NOT NULL,
    revoked_at timestamptz
);
CREATE INDEX case_delegates_case ON case_delegates (case_id);

-- Each export of a dispute's record, linked to the one before it: whatever is changed later no longer
-- gives the digest that was handed out.
CREATE TABLE dispute_exports (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    dispute_id bigint NOT NULL REFERENCES disputes ON DELETE CASCADE,
    made_at    timestamptz NOT NULL,
    made_by    text NOT NULL,
    former     text NOT NULL,             -- the digest of the export before; empty for the first
    sha256     text NOT NULL CHECK (length(sha256) = 64)
);
CREATE INDEX dispute_exports_dispute ON dispute_exports (dispute_id, id);
