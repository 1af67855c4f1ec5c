-- Who may do what, and who no longer: keys end and say when they were used, sessions end on the server,
-- people can leave.

ALTER TABLE api_keys ADD COLUMN expires_at timestamptz,
                     ADD COLUMN last_used_at timestamptz;  -- to the minute or so
ALTER TABLE people ADD COLUMN removed_at timestamptz;

CREATE TABLE sessions (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    digest      bytea NOT NULL UNIQUE,      -- SHA-256 of what the cookie holds
    key_id      bigint NOT NULL REFERENCES api_keys,
    started_at  timestamptz NOT NULL,
    ends_at     timestamptz NOT NULL
);
CREATE INDEX sessions_key ON sessions (key_id);
CREATE INDEX sessions_end ON sessions (ends_at);
