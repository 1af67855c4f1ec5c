-- A parcel that was collected is as good as one that was delivered: what was promised of it was kept.
CREATE OR REPLACE FUNCTION settle_promises_of_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE promises
       SET state = CASE WHEN NEW.resolution NOT IN ('delivered', 'collected') OR kind = 'confirm'
                        THEN 'released'
                        WHEN NEW.closed_at <= CASE kind WHEN 'window' THEN due_at ELSE wait_until END
                        THEN 'kept' ELSE 'broken' END,
           settled_at = NEW.updated_at, settled_by = NEW.resolution
     WHERE case_id = NEW.id AND state = 'open' AND kind <> 'answer';
    RETURN NULL;
END $$;
