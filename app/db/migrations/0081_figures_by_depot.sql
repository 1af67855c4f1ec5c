-- Whoever sees some depots sees their figures. What a case counts for is added up for its depot too: in
-- figure_blocks a depot stands in place of the shipper, as its id below zero.
ALTER TABLE case_figures ADD depot_id bigint;   -- null: counted before this was kept

-- All cases that the dashboard can show are counted anew, as in 0025. Until then readers count them.
INSERT INTO figure_changes SELECT id FROM cases
 WHERE opened_at > now() - interval '100 days' ORDER BY id DESC;
