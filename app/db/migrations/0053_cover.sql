-- Who cannot take a shift asks the others of the rota; whoever is first has it.

CREATE TABLE rota_covers (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    rota_id    bigint NOT NULL REFERENCES rotas ON DELETE CASCADE,
    person_id  bigint NOT NULL REFERENCES people,
    starts_at  timestamptz NOT NULL,
    ends_at    timestamptz NOT NULL,
    asked_at   timestamptz NOT NULL,
    taken_by   bigint REFERENCES people,
    taken_at   timestamptz,
    CHECK (starts_at < ends_at),
    CHECK ((taken_by IS NULL) = (taken_at IS NULL)),
    UNIQUE (rota_id, person_id, starts_at, ends_at)
);

-- Of which hole the person in charge was told, seven days ahead or two.
CREATE TABLE rota_warned (
    rota_id    bigint NOT NULL REFERENCES rotas ON DELETE CASCADE,
    starts_at  timestamptz NOT NULL,
    days       int NOT NULL CHECK (days IN (2, 7)),
    at         timestamptz NOT NULL,
    PRIMARY KEY (rota_id, starts_at, days)
);
