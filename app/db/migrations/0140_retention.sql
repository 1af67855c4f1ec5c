-- Each shipper says for how many days each kind of data is kept; what it does not say, the house says.

-- `{kind: days}`, see app/forgetting/kinds.py; 0 days keep it for good.
ALTER TABLE shippers ADD COLUMN retention jsonb NOT NULL DEFAULT '{}';

-- How far each walk over old rows has come, and by which days: other days begin it again.
CREATE TABLE retention_walks (
    what   text PRIMARY KEY,
    after  bigint NOT NULL,
    days   text NOT NULL
);
DELETE FROM intake_marks WHERE name LIKE 'old %';

-- What was passed by and is not due yet: its case is open or disputed, or it is kept longer.
CREATE TABLE retention_later (
    what    text NOT NULL,
    id      bigint NOT NULL,
    due_at  timestamptz NOT NULL,
    PRIMARY KEY (what, id)
);
CREATE INDEX retention_later_due ON retention_later (what, due_at);

-- What went because it was old has a proof, too.
ALTER TABLE erasures DROP CONSTRAINT erasures_asked_check;
ALTER TABLE erasures ADD CONSTRAINT erasures_asked_check
    CHECK (asked IN ('tracking_number', 'recipient', 'retention'));
