-- Policies that are tried on past cases: asked for on a page, replayed beside all else, kept.

CREATE TABLE dry_runs (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    shipper_id  bigint NOT NULL REFERENCES shippers,
    body        jsonb NOT NULL,             -- the policy that is tried
    patience    real NOT NULL DEFAULT 1,    -- how many times as long a level of a ladder waits
    most        int NOT NULL,               -- cases
    since       timestamptz,                -- only cases opened since then
    asked_at    timestamptz NOT NULL,
    asked_by    text NOT NULL,
    state       text NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'running', 'done', 'failed')),
    attempts    int NOT NULL DEFAULT 0,
    started_at  timestamptz,                -- machine time
    done        int NOT NULL DEFAULT 0,     -- of so many replayed cases
    whole       int NOT NULL DEFAULT 0,
    result      jsonb,
    why         text                        -- it failed, in words
);
CREATE INDEX dry_runs_shipper ON dry_runs (shipper_id, id);
CREATE INDEX dry_runs_waiting ON dry_runs (id) WHERE state IN ('asked', 'running');
