-- People sign in themselves, have a role, and see the depots that are theirs.

ALTER TABLE people
    ADD COLUMN role text NOT NULL DEFAULT 'dispatcher'
        CHECK (role IN ('dispatcher', 'supervisor', 'admin')),
    -- whose cases this person sees and acts on; null: every depot's, as an admin does anyway
    ADD COLUMN depots bigint[] DEFAULT '{}';

-- Whoever could open the console with a key of their own still sees all they saw; the others see
-- the depots that call them.
UPDATE people p SET depots = CASE
    WHEN EXISTS (SELECT FROM api_keys k WHERE k.person_id = p.id AND k.revoked_at IS NULL) THEN NULL
    ELSE ARRAY(SELECT l.depot_id FROM ladder_levels l WHERE l.person_id = p.id
                UNION SELECT d.id FROM depots d WHERE d.catch_all_id = p.id ORDER BY 1) END;

ALTER TABLE api_keys
    DROP CONSTRAINT api_keys_role_check,
    ADD CHECK (role IN ('shipper', 'dispatcher', 'supervisor', 'admin')),
    -- of a machine's key; null: every depot's. A person's key sees what the person sees.
    ADD COLUMN depots bigint[],
    ADD CHECK (person_id IS NULL OR depots IS NULL);

ALTER TABLE sessions
    ALTER COLUMN key_id DROP NOT NULL,                  -- begun without a key
    ADD COLUMN person_id bigint REFERENCES people,      -- whose it is; null: a machine's key began it
    ADD COLUMN how text NOT NULL DEFAULT 'key',         -- key, sms, email, openid
    ADD COLUMN agent text NOT NULL DEFAULT '',          -- which browser, as it says itself
    ADD COLUMN seen_at timestamptz;                     -- machine time, to the minute or so
UPDATE sessions s SET person_id = k.person_id FROM api_keys k WHERE k.id = s.key_id;
ALTER TABLE sessions ADD CHECK (key_id IS NOT NULL OR person_id IS NOT NULL);
CREATE INDEX sessions_person ON sessions (person_id);

-- One-time codes that were asked for, also by strangers: both are answered and counted alike.
CREATE TABLE sign_in_codes (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    browser      bytea NOT NULL UNIQUE,     -- SHA-256 of what the cookie of the asking browser holds
    address      bytea NOT NULL,            -- keyed digest of the number or address that was written
    person_id    bigint REFERENCES people,  -- null: nobody has it
    how          text NOT NULL,             -- sms, email
    code         bytea NOT NULL,            -- keyed digest
    tries        int NOT NULL DEFAULT 0,
    asked_at     timestamptz NOT NULL,
    ends_at      timestamptz NOT NULL,
    used_at      timestamptz
);
CREATE INDEX sign_in_codes_address ON sign_in_codes (address, asked_at);
CREATE INDEX sign_in_codes_age ON sign_in_codes (asked_at);
