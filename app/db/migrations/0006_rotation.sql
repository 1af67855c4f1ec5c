-- What a courier signs with can be replaced without losing a message: the former secret (or the
-- former static headers) stays valid for a while, then drops out by itself.

CREATE TABLE former_credentials (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id  bigint NOT NULL REFERENCES courier_accounts,
    kind        text NOT NULL CHECK (kind IN ('secret', 'headers')),
    sealed      bytea NOT NULL,             -- encrypted, as in courier_accounts
    until       timestamptz NOT NULL
);
CREATE INDEX former_credentials_account ON former_credentials (account_id);
