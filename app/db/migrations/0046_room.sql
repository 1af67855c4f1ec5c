-- A journey updates its case six times and its tasks seven. With room on the page a new version of a
-- row stays beside the old one: no index is touched, and the log holds only what differs.
ALTER TABLE cases SET (fillfactor = 70);
ALTER TABLE dispatch_tasks SET (fillfactor = 70);
ALTER TABLE handovers SET (fillfactor = 80);

-- Only a case that has lost its last step is a suspect; what arms the next one comes after it in the
-- same transaction. Whoever removes a step holds its case, so no two of a case go at once.
CREATE OR REPLACE FUNCTION suspect_orphans() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO orphan_suspects
    SELECT DISTINCT o.case_id FROM old_rows o
     WHERE NOT EXISTS (SELECT FROM steps s WHERE s.case_id = o.case_id);
    RETURN NULL;
END $$;
