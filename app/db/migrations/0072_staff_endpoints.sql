-- Where somebody is written to beside number and mail: a chat or paging service, the browser of a
-- phone, a dispatch system. It belongs to a person, or to a depot as a whole.

CREATE TABLE staff_endpoints (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id  bigint REFERENCES people,
    depot_id   bigint REFERENCES depots,
    channel    text        NOT NULL CHECK (channel IN ('chat', 'push', 'http')),
    service    text        NOT NULL CHECK (service ~ '^[a-z]+$'),
    label      text        NOT NULL,   -- as people know it; nothing secret
    sealed     bytea       NOT NULL,   -- the address with its secrets
    created_at timestamptz NOT NULL,
    CHECK (num_nonnulls(person_id, depot_id) = 1)
);
CREATE INDEX staff_endpoints_person ON staff_endpoints (person_id) WHERE person_id IS NOT NULL;
CREATE INDEX staff_endpoints_depot ON staff_endpoints (depot_id) WHERE depot_id IS NOT NULL;

-- The endpoints of a person, or else of a depot, each as `channel service-id`.
CREATE FUNCTION endpoints_of(person bigint, depot bigint) RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT ARRAY(SELECT channel || ' ' || service || '-' || id FROM staff_endpoints
                  WHERE person_id = person OR depot_id = depot ORDER BY id)
$$;
