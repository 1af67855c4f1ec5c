-- Passkeys: of each only what tells that it signed. What is asked of one is good for minutes, once.
CREATE TABLE passkeys (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id   bigint NOT NULL REFERENCES people,
    credential  bytea NOT NULL UNIQUE,
    public_key  bytea NOT NULL,
    sign_count  bigint NOT NULL,       -- stays 0 with those that are kept on several devices
    agent       text NOT NULL,         -- the browser in which it was made, as it says itself
    added_at    timestamptz NOT NULL,
    used_at     timestamptz
);
CREATE INDEX passkeys_person ON passkeys (person_id);

CREATE TABLE passkey_challenges (
    challenge   bytea PRIMARY KEY,     -- SHA-256 of what the browser was given to sign
    person_id   bigint REFERENCES people,  -- who adds one; null: somebody wants to sign in
    ends_at     timestamptz NOT NULL   -- the machine's time
);
CREATE INDEX passkey_challenges_end ON passkey_challenges (ends_at);
