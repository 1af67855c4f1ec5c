-- A password, for those people who want one beside the codes: by Argon2id, with its own salt.
CREATE TABLE passwords (
    person_id   bigint PRIMARY KEY REFERENCES people,
    hash        text NOT NULL,              -- in the PHC form, which names its own costs
    tries       int NOT NULL DEFAULT 0,     -- wrong ones in a row
    set_at      timestamptz NOT NULL        -- the machine's time
);
