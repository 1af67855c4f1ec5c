-- What a depot has to bring and to hand out on a day, and who is told when that changes afterwards.

CREATE INDEX bookings_slot ON bookings (slot_id) WHERE slot_id IS NOT NULL;
CREATE INDEX bookings_point ON bookings (pickup_point_id, starts_at) WHERE pickup_point_id IS NOT NULL;
CREATE INDEX bookings_shelved ON bookings (pickup_point_id, ends_at)
    WHERE state = 'standing' AND pickup_point_id IS NOT NULL;

-- The list of a depot and day as somebody last took it away, on paper or as a file.
CREATE TABLE day_lists (
    depot_id  bigint NOT NULL REFERENCES depots,
    day       date NOT NULL,
    taken_at  timestamptz NOT NULL,
    taken_by  text NOT NULL,
    seen      bigint[] NOT NULL,          -- the bookings on it
    known     bigint[] NOT NULL,          -- those that the depot knows of: seen, and told since
    told_at   timestamptz NOT NULL,       -- up to then the depot knows what was corrected
    PRIMARY KEY (depot_id, day)
);

-- A depot's calendar feed is opened by a link of this version; a new version ends the links before it.
ALTER TABLE depots ADD COLUMN feed_version int NOT NULL DEFAULT 1;

-- Somebody may be on the way with a list that is true no longer: the depot is told a little later, so
-- that one message holds what changes meanwhile.
CREATE FUNCTION tell_of_day_list(p_booking bigint, p_case bigint, p_starts timestamptz, p_at timestamptz)
RETURNS void LANGUAGE sql AS $$
    INSERT INTO steps (case_id, name, due_at, request_id)
    SELECT c.id, 'tell_day_list', p_at + interval '3 min', c.request_id
      FROM cases c JOIN depots d ON d.id = c.depot_id
     WHERE c.id = p_case AND EXISTS (
           SELECT 1 FROM day_lists l
            WHERE l.depot_id = d.id AND l.day >= (p_starts AT TIME ZONE d.timezone)::date
              AND l.day >= (p_at AT TIME ZONE d.timezone)::date
              AND (l.day = (p_starts AT TIME ZONE d.timezone)::date OR p_booking = ANY(l.seen)))
        ON CONFLICT (case_id, name) DO NOTHING
$$;

CREATE FUNCTION booking_changes_day_list() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM tell_of_day_list(NEW.id, NEW.case_id, NEW.starts_at, coalesce(NEW.ended_at, NEW.created_at));
    RETURN NULL;
END $$;
CREATE TRIGGER booking_made_changes_day_list AFTER INSERT ON bookings
    FOR EACH ROW WHEN (NEW.state = 'standing') EXECUTE FUNCTION booking_changes_day_list();
CREATE TRIGGER booking_ended_changes_day_list AFTER UPDATE OF state ON bookings
    FOR EACH ROW WHEN (OLD.state = 'standing' AND NEW.state IN ('changed', 'dropped', 'refused'))
    EXECUTE FUNCTION booking_changes_day_list();

CREATE FUNCTION correction_changes_day_list() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM tell_of_day_list(b.id, b.case_id, b.starts_at, NEW.made_at)
       FROM bookings b WHERE b.case_id = NEW.case_id AND b.state = 'standing';
    RETURN NULL;
END $$;
CREATE TRIGGER correction_changes_day_list AFTER INSERT ON corrections
    FOR EACH ROW WHEN (NEW.state = 'made') EXECUTE FUNCTION correction_changes_day_list();
