-- A row that is written again beside its former self is logged by what changed in it; on another page
-- it is logged whole, and its former self locked before. So these pages keep room for what becomes of
-- their rows within minutes. Pages that are there already stay as they are.
ALTER TABLE messages SET (fillfactor = 45);
ALTER TABLE steps SET (fillfactor = 50);
ALTER TABLE dispatch_tasks SET (fillfactor = 45);
ALTER TABLE cases SET (fillfactor = 55);
ALTER TABLE bookings SET (fillfactor = 60);

-- What changed is read whole and taken away every few seconds: no plan needs to know how much it was.
ALTER TABLE figure_changes SET (autovacuum_analyze_threshold = 10000);
ALTER TABLE gauge_changes SET (autovacuum_analyze_threshold = 10000);
ALTER TABLE dispatch_count_changes SET (autovacuum_analyze_threshold = 10000);
ALTER TABLE parcel_word_changes SET (autovacuum_analyze_threshold = 10000);
ALTER TABLE orphan_suspects SET (autovacuum_analyze_threshold = 10000);
