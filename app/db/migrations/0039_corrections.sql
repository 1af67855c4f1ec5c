-- Where a parcel goes, as people correct it. What it was before stands in the versions.
ALTER TABLE shipments
    ADD COLUMN directions text,             -- what the driver should know
    -- what the order said before it was corrected: an order that says so again is no news
    ADD COLUMN ordered    jsonb;

CREATE TABLE corrections (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    shipment_id  bigint NOT NULL,
    version      int NOT NULL,              -- 1, 2, … of a parcel
    case_id      bigint,                    -- the open case, if there was one
    made_at      timestamptz NOT NULL,
    made_by      text NOT NULL,
    -- made: it counts. asked: somebody has to agree; then it is agreed (and a version follows) or refused.
    state        text NOT NULL DEFAULT 'made' CHECK (state IN ('made', 'asked', 'agreed', 'refused')),
    settled_at   timestamptz,
    settled_by   text,
    before       jsonb NOT NULL,            -- {address, directions, phone, email} as they were
    after        jsonb NOT NULL,            -- and as they are, or should be
    UNIQUE (shipment_id, version)
);
CREATE INDEX corrections_asked ON corrections (shipment_id) WHERE state = 'asked';
