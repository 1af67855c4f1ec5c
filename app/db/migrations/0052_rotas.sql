-- A level of a depot's ladder names persons, rotas or everyone; a rota says who is on duty when.

CREATE TABLE rotas (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    slug          text NOT NULL UNIQUE,
    name          text NOT NULL,
    depot_id      bigint NOT NULL REFERENCES depots,   -- whose person in charge mends its holes
    timezone      text NOT NULL,                       -- of all its local times
    -- Turns pass on at this local time, first on this day and then every so many days.
    handover_from date NOT NULL,
    handover_at   time NOT NULL,
    handover_days int NOT NULL DEFAULT 7 CHECK (handover_days BETWEEN 1 AND 366),
    -- When somebody should be on duty: at all times, while the depot is open, or in its shifts.
    covers        text NOT NULL DEFAULT 'open' CHECK (covers IN ('always', 'open', 'shifts')),
    version       int NOT NULL DEFAULT 1,              -- a form that has gone stale is told so
    feed_version  int NOT NULL DEFAULT 1,              -- links with an earlier one open nothing
    source        text,                                -- the calendar that it was imported from
    read_until    timestamptz,                         -- how far that calendar was read
    created_at    timestamptz NOT NULL
);

CREATE TABLE rota_shifts (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    rota_id   bigint NOT NULL REFERENCES rotas ON DELETE CASCADE,
    weekdays  int[] NOT NULL CHECK (cardinality(weekdays) > 0
                                    AND weekdays <@ '{1,2,3,4,5,6,7}'),  -- of its beginning
    starts    time NOT NULL,
    ends      time NOT NULL,          -- on the next day where it is not after `starts`
    first     date,
    last      date
);
CREATE INDEX rota_shifts_rota ON rota_shifts (rota_id);

CREATE TABLE rota_turns (             -- who takes a shift, one after another
    shift_id   bigint NOT NULL REFERENCES rota_shifts ON DELETE CASCADE,
    place      int NOT NULL,
    person_id  bigint NOT NULL REFERENCES people,
    PRIMARY KEY (shift_id, place)
);

-- A swap belongs to a shift of one day, so that it moves with the shift when its hours change.
CREATE TABLE rota_swaps (
    shift_id  bigint NOT NULL REFERENCES rota_shifts ON DELETE CASCADE,
    day       date NOT NULL,          -- on which the shift begins
    of_id     bigint NOT NULL REFERENCES people,
    to_id     bigint NOT NULL REFERENCES people,
    PRIMARY KEY (shift_id, day, of_id),
    CHECK (of_id <> to_id)
);

-- An override is about a span of time: somebody takes all of it, or what one person would have had;
-- with nobody in their place they are away.
CREATE TABLE rota_overrides (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    rota_id    bigint NOT NULL REFERENCES rotas ON DELETE CASCADE,
    starts_at  timestamptz NOT NULL,
    ends_at    timestamptz NOT NULL,
    person_id  bigint REFERENCES people,
    of_id      bigint REFERENCES people,
    CHECK (starts_at < ends_at),
    CHECK (num_nonnulls(person_id, of_id) > 0)
);
CREATE INDEX rota_overrides_rota ON rota_overrides (rota_id, ends_at);

CREATE TABLE rota_imported (          -- what a calendar says, read as far ahead as `read_until`
    rota_id    bigint NOT NULL REFERENCES rotas ON DELETE CASCADE,
    starts_at  timestamptz NOT NULL,
    ends_at    timestamptz NOT NULL,
    person_id  bigint NOT NULL REFERENCES people,
    PRIMARY KEY (rota_id, starts_at, person_id),
    CHECK (starts_at < ends_at)
);

CREATE TABLE rota_changes (           -- who changed what, in words for people
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    rota_id  bigint NOT NULL REFERENCES rotas ON DELETE CASCADE,
    at       timestamptz NOT NULL,
    by       text NOT NULL,
    what     text NOT NULL
);
CREATE INDEX rota_changes_rota ON rota_changes (rota_id, id);

CREATE TABLE depot_hours (            -- a depot without any is always open
    depot_id  bigint NOT NULL REFERENCES depots,
    weekday   int NOT NULL CHECK (weekday BETWEEN 1 AND 7),
    opens     time NOT NULL,
    closes    time NOT NULL,          -- on the next day where it is not after `opens`
    PRIMARY KEY (depot_id, weekday, opens)
);
ALTER TABLE depots ADD closes_on_holidays boolean NOT NULL DEFAULT true;

-- Levels that there are become levels of persons, called at all times by all their ways.
ALTER TABLE ladder_levels DROP CONSTRAINT ladder_levels_pkey;
ALTER TABLE ladder_levels
    ALTER person_id DROP NOT NULL,
    ADD rota_id   bigint REFERENCES rotas,
    ADD everyone  boolean NOT NULL DEFAULT false,
    -- when the level counts: at all times, while the depot is open, or while it is closed
    ADD called    text NOT NULL DEFAULT 'always' CHECK (called IN ('always', 'open', 'closed')),
    -- [{"channel", "wait" (seconds), "tries"}] in order; empty: all ways of a person at once
    ADD ways      jsonb NOT NULL DEFAULT '[]',
    ADD CHECK (num_nonnulls(person_id, rota_id) + everyone::int = 1);
CREATE UNIQUE INDEX ladder_levels_whom ON ladder_levels
    (depot_id, level, coalesce(person_id, 0), coalesce(rota_id, 0));

-- The last level cannot be empty: who is one stays until another person is.
CREATE FUNCTION refuse_empty_last_level() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'people' THEN
        IF EXISTS (SELECT FROM depots WHERE catch_all_id = NEW.id) THEN
            RAISE EXCEPTION 'person % is the last level of a depot', NEW.id
                USING ERRCODE = 'check_violation';
        END IF;
    ELSIF EXISTS (SELECT FROM people WHERE id = NEW.catch_all_id AND removed_at IS NOT NULL) THEN
        RAISE EXCEPTION 'the last level of depot % would be empty', NEW.slug
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER last_level_stays BEFORE UPDATE OF removed_at ON people
    FOR EACH ROW WHEN (NEW.removed_at IS NOT NULL) EXECUTE FUNCTION refuse_empty_last_level();
CREATE TRIGGER last_level_is_somebody BEFORE INSERT OR UPDATE OF catch_all_id ON depots
    FOR EACH ROW EXECUTE FUNCTION refuse_empty_last_level();
