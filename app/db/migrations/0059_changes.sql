-- What was changed in the set-up: who, when, from what, to what. Secrets never stand here.

CREATE TABLE setup_changes (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at          timestamptz NOT NULL,
    by          text NOT NULL,          -- as people know them
    person_id   bigint REFERENCES people,  -- null: at the terminal, or with a machine's key
    kind        text NOT NULL,          -- person, depot, window, closure, pickup_point, key, account
    subject_id  bigint NOT NULL,
    subject     text NOT NULL,          -- as people know it
    depots      bigint[],               -- whose supervisors read it; null: only admins
    before      jsonb NOT NULL,         -- only what is otherwise now; empty: it was added
    after       jsonb NOT NULL          -- empty: it was removed
);
CREATE INDEX setup_changes_subject ON setup_changes (kind, subject_id, id);
