-- Who is who: shippers, policies, depots, people, courier accounts, keys.

CREATE TABLE policies (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name        text NOT NULL,
    body        jsonb NOT NULL,
    -- what every webhook asks for, so that none unpacks the whole body
    start       text NOT NULL GENERATED ALWAYS AS (body->>'start') STORED,
    keeps_for   float8 NOT NULL GENERATED ALWAYS AS ((body->>'return_after')::float8) STORED,
    created_at  timestamptz NOT NULL
);

-- A policy row never changes: it is the snapshot that running cases hold on to.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a % row never changes: insert a new one', TG_TABLE_NAME;
END $$;
CREATE TRIGGER policies_never_change BEFORE UPDATE OR DELETE ON policies
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TABLE shippers (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    slug        text NOT NULL UNIQUE,
    name        text NOT NULL,
    email       text,                       -- who is asked for a missing contact
    phone       text,
    country     text NOT NULL,              -- ISO 3166 alpha-2, for numbers without a prefix
    policy_id   bigint NOT NULL REFERENCES policies,
    created_at  timestamptz NOT NULL
);

CREATE TABLE people (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name        text NOT NULL,
    email       text UNIQUE,
    phone       text,
    channels    text[] NOT NULL DEFAULT '{sms}',   -- how this person is called: sms, email
    created_at  timestamptz NOT NULL,
    CHECK (cardinality(channels) > 0)
);

CREATE TABLE depots (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    slug          text NOT NULL UNIQUE,
    name          text NOT NULL,
    timezone      text NOT NULL,
    country       text NOT NULL,            -- for public holidays
    region        text,                     -- subdivision, for public holidays
    address       text NOT NULL,
    phone         text,
    -- the last level of the ladder: it cannot be empty
    catch_all_id  bigint NOT NULL REFERENCES people,
    created_at    timestamptz NOT NULL
);

CREATE TABLE ladder_levels (
    depot_id    bigint NOT NULL REFERENCES depots,
    level       int NOT NULL CHECK (level > 0),
    person_id   bigint NOT NULL REFERENCES people,
    wait        interval NOT NULL,          -- how long this level has to acknowledge
    PRIMARY KEY (depot_id, level, person_id)
);

CREATE TABLE courier_accounts (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    slug        text NOT NULL UNIQUE,
    courier     text NOT NULL,              -- the adapter's file name
    shipper_id  bigint NOT NULL REFERENCES shippers,
    depot_id    bigint NOT NULL REFERENCES depots,
    secrets     bytea[] NOT NULL,           -- encrypted, newest first; all are valid
    headers     bytea,                      -- encrypted JSON: static headers a sender must send
    config      jsonb NOT NULL DEFAULT '{}',
    timezone    text NOT NULL,              -- for times that come without a zone
    created_at  timestamptz NOT NULL
);

CREATE TABLE api_keys (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    digest      bytea NOT NULL UNIQUE,      -- SHA-256 of the key; the key itself is not kept
    role        text NOT NULL CHECK (role IN ('shipper', 'dispatcher', 'admin')),
    name        text NOT NULL,
    shipper_id  bigint REFERENCES shippers, -- whose cases a shipper's key opens
    person_id   bigint REFERENCES people,   -- who acts with a dispatcher's key
    created_at  timestamptz NOT NULL,
    revoked_at  timestamptz,
    CHECK (role <> 'shipper' OR shipper_id IS NOT NULL)
);

CREATE TABLE heartbeats (
    name  text PRIMARY KEY,
    at    timestamptz NOT NULL              -- machine time
);
