-- What only a shipper can decide: asked, asked again, called for, and answered.
CREATE TABLE decisions (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id     bigint NOT NULL,
    round       int NOT NULL,               -- of the case when it was asked, or decided unasked
    asked_at    timestamptz,                -- for the first time; NULL: decided unasked
    answer_by   timestamptz,                -- then the ladder is called
    asked       int NOT NULL DEFAULT 0,     -- how often
    overdue_at  timestamptz,                -- since when the ladder has been called
    decided_at  timestamptz,
    decision    text CHECK (decision IN ('replacement', 'refund', 'send_again', 'close')),
    decided_by  text,
    note        text NOT NULL DEFAULT '',
    note_for    text NOT NULL DEFAULT 'shipper' CHECK (note_for IN ('shipper', 'customer')),
    CHECK ((decided_at IS NULL) = (decision IS NULL)),
    CHECK (decided_at IS NOT NULL OR answer_by IS NOT NULL)
);
CREATE INDEX decisions_case ON decisions (case_id, id);
CREATE UNIQUE INDEX decisions_one_open ON decisions (case_id, round) WHERE decided_at IS NULL;
