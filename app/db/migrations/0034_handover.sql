-- A booking reaches whoever carries it out, and is certain only when they say so.

ALTER TABLE courier_accounts
    ADD COLUMN connector        text NOT NULL DEFAULT 'depot',  -- how bookings reach this courier
    ADD COLUMN connector_values bytea;                          -- encrypted JSON: what the connector needs

ALTER TABLE bookings
    ADD COLUMN confirmed_at timestamptz,        -- since when it is certain
    ADD COLUMN confirmed_by text,               -- a person's name, or the courier's
    DROP CONSTRAINT bookings_state_check,
    ADD CONSTRAINT bookings_state_check
        CHECK (state IN ('standing', 'changed', 'kept', 'broken', 'dropped', 'refused'));
CREATE INDEX bookings_unconfirmed ON bookings (case_id)
    WHERE state = 'standing' AND confirmed_at IS NULL;
CREATE INDEX bookings_refused ON bookings (case_id) WHERE state = 'refused';

CREATE TABLE handovers (
    booking_id  bigint PRIMARY KEY,
    case_id     bigint NOT NULL,
    connector   text NOT NULL,                  -- depot: people do it
    made_at     timestamptz NOT NULL,
    people_at   timestamptz NOT NULL,           -- then the depot's people are asked, unless it is certain
    confirm_by  timestamptz NOT NULL,           -- what the customer was told
    calls       int NOT NULL DEFAULT 0          -- how many times people were called for it
);
CREATE INDEX handovers_case ON handovers (case_id);

-- What is to be told to couriers: an outbox. Acts of one case go one after the other.
CREATE TABLE handover_acts (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id     bigint NOT NULL,
    booking_id  bigint NOT NULL,                -- 0: about the case
    account_id  bigint NOT NULL,
    connector   text NOT NULL,
    act         text NOT NULL CHECK (act IN ('push', 'withdraw', 'correct', 'can')),
    key         text NOT NULL,                  -- the same for every try, and for its withdrawal
    state       text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'calling', 'done', 'void')),
    outcome     text,                           -- of done and void ones
    pushed      boolean NOT NULL DEFAULT false, -- it may have reached the courier: ask before anything else
    asked       boolean NOT NULL DEFAULT false, -- the courier has it and has not decided
    ref         text NOT NULL DEFAULT '',       -- the courier's own id
    why         text,                           -- what came of the last try, a code
    tries       int NOT NULL DEFAULT 0,
    attempt     int NOT NULL DEFAULT 0,         -- claims
    due_at      timestamptz NOT NULL,
    lease_until timestamptz,                    -- machine time: then a call's process counts as gone
    created_at  timestamptz NOT NULL,
    done_at     timestamptz
);
CREATE INDEX handover_acts_live ON handover_acts (account_id, due_at, id) WHERE state IN ('waiting', 'calling');
CREATE INDEX handover_acts_case ON handover_acts (case_id, id);
CREATE INDEX handover_acts_booking ON handover_acts (booking_id) WHERE booking_id <> 0;

-- What a courier says beforehand about the days it can bring a parcel.
CREATE TABLE courier_offers (
    case_id   bigint PRIMARY KEY,
    days      date[],                           -- the only ones; NULL: it names none
    never     date[] NOT NULL DEFAULT '{}',     -- what it refused
    price     text NOT NULL DEFAULT '',
    why       text NOT NULL DEFAULT '',
    asked_at  timestamptz NOT NULL
);

-- However a booking ends, its courier hears of it, in the same transaction: what was not told yet is
-- not told any more, and what may have been told is withdrawn. Nobody waits for its confirmation.
CREATE FUNCTION withdraw_ended_booking() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE promises SET state = 'released', settled_at = NEW.ended_at, settled_by = NEW.state
     WHERE case_id = NEW.case_id AND kind = 'confirm' AND about = NEW.id AND state = 'open';
    UPDATE handover_acts SET state = 'void', outcome = NEW.state, done_at = NEW.ended_at
     WHERE booking_id = NEW.id AND act = 'push' AND state = 'waiting' AND (asked OR NOT pushed);
    -- whoever looked after it looks once more, and calls nobody any more
    UPDATE steps SET due_at = NEW.ended_at, lease_until = NULL
     WHERE case_id = NEW.case_id AND name = 'hand_over' AND due_at > NEW.ended_at;
    IF NEW.state <> 'kept' THEN
        INSERT INTO handover_acts (case_id, booking_id, account_id, connector, act, key, ref, due_at,
                                   created_at)
        SELECT case_id, booking_id, account_id, connector, 'withdraw', key, ref,
               -- what takes its place may make a withdrawal needless, and comes at once
               NEW.ended_at + CASE NEW.state WHEN 'changed' THEN interval '10 s' ELSE '0 s' END,
               NEW.ended_at
          FROM handover_acts
         WHERE booking_id = NEW.id AND act = 'push'
           AND (state IN ('waiting', 'calling') OR asked OR outcome IN ('confirmed', 'unknown'));
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER bookings_ended AFTER UPDATE OF state ON bookings
    FOR EACH ROW WHEN (OLD.state = 'standing' AND NEW.state <> 'standing')
    EXECUTE FUNCTION withdraw_ended_booking();
