-- The words by which parcels are found, and what each case counts for, are made of rows that are logged,
-- so they need not be logged themselves (0150). Where many parcels share a word, an index of it writes
-- half a kilobyte of log for each word of a parcel: it was ten kilobytes for a case. After a crash
-- the clock makes both anew, of the newest first (`app.db.unlogged`).
ALTER TABLE parcel_words SET UNLOGGED;
ALTER TABLE case_figures SET UNLOGGED;
ALTER TABLE figure_blocks SET UNLOGGED;
INSERT INTO unlogged_is_whole SELECT 'words', clock_timestamp()
 WHERE EXISTS (SELECT FROM unlogged_is_whole WHERE part = 'steps');

-- As in 0164, without the words of parcels.
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
    PERFORM fill_dispatch_queue();
    PERFORM fill_open_contacts();
    INSERT INTO unlogged_is_whole VALUES ('steps', clock_timestamp());
END $$;
