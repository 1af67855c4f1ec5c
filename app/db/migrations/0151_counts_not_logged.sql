-- What changed since it was last counted is listed in tables that are emptied every few seconds. After a
-- crash all of it can be found anew by a look at the rows themselves, so it is not logged (0150); who
-- looks is told in `app.db.unlogged`.
ALTER TABLE gauge_changes SET UNLOGGED;
ALTER TABLE dispatch_count_changes SET UNLOGGED;
ALTER TABLE parcel_word_changes SET UNLOGGED;
ALTER TABLE orphan_suspects SET UNLOGGED;
ALTER TABLE figure_changes SET UNLOGGED;

-- "steps" are filled again by whoever claims; "counts" and "figures" by whoever counts next.
INSERT INTO unlogged_is_whole VALUES ('counts', clock_timestamp()), ('figures', clock_timestamp());

CREATE OR REPLACE FUNCTION fill_unlogged() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    LOCK TABLE steps IN SHARE ROW EXCLUSIVE MODE;  -- nobody writes meanwhile, and one alone fills
    IF EXISTS (SELECT FROM unlogged_is_whole WHERE part = 'steps') THEN
        RETURN;
    END IF;
    INSERT INTO step_runs (id, name, account_id, due_at, attempt)
    SELECT s.id, s.name,
           coalesce(s.account_id, (SELECT c.account_id FROM cases c WHERE c.id = s.case_id), 0),
           s.due_at,
           -- no claim from before the crash counts: minutes are more than there were attempts
           (extract(epoch FROM clock_timestamp()) / 60)::int
      FROM steps s
        ON CONFLICT (id) DO NOTHING;
    INSERT INTO orphan_suspects
    SELECT c.id FROM cases c WHERE c.live AND NOT EXISTS (SELECT FROM steps s WHERE s.case_id = c.id);
    -- a parcel that changes loses its words until they are written again; a new case brings numbers
    INSERT INTO parcel_word_changes
    SELECT DISTINCT c.shipment_id FROM cases c
     WHERE c.live OR NOT EXISTS (SELECT FROM parcel_words w WHERE w.shipment_id = c.shipment_id);
    INSERT INTO unlogged_is_whole VALUES ('steps', clock_timestamp());
END $$;
