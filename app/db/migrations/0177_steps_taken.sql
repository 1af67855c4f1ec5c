-- Whoever has a case's lock has its steps: they are read after it was taken, and none is locked by itself,
-- which would be one more record of the log for each step.
CREATE FUNCTION take_steps(p_name text, p_ids bigint[], p_attempts int[], p_now timestamptz)
RETURNS TABLE (id bigint, case_id bigint, name text, attempt int, due_at timestamptz, data jsonb,
               request_id text) LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
#variable_conflict use_column
BEGIN
    PERFORM FROM cases c
      WHERE c.id = ANY(ARRAY(SELECT s.case_id FROM unnest(p_ids) AS r(id)
                               JOIN steps s ON s.case_id = case_of_step(r.id)
                                AND s.name = p_name AND s.id = r.id))
      ORDER BY c.id FOR NO KEY UPDATE;
    RETURN QUERY
    SELECT s.id, s.case_id, s.name, n.attempt, s.due_at, s.data, s.request_id
      FROM unnest(p_ids, p_attempts) AS r(id, attempt)
      JOIN step_runs n ON n.id = r.id AND n.attempt = r.attempt
      JOIN steps s ON s.case_id = case_of_step(r.id) AND s.name = p_name AND s.id = r.id
     WHERE s.due_at <= p_now ORDER BY s.id;
END $$;

-- By which request a step came to be is written where it is not its case's.
ALTER TABLE steps ALTER request_id DROP NOT NULL;

-- The statistics of small tables were made anew after every fifty changes, which is after one or two cases:
-- on a quiet day they were as much of the log as these. Tables of a few thousand rows are read alike
-- whatever is known of them; of larger ones it goes by their size as before.
ALTER TABLE steps SET (autovacuum_analyze_threshold = 10000);
ALTER TABLE step_runs SET (autovacuum_analyze_threshold = 10000);
ALTER TABLE messages SET (autovacuum_analyze_threshold = 5000);
ALTER TABLE message_words SET (autovacuum_analyze_threshold = 5000);
ALTER TABLE message_queue SET (autovacuum_analyze_threshold = 10000);
ALTER TABLE messages_left SET (autovacuum_analyze_threshold = 5000);
ALTER TABLE timeline SET (autovacuum_analyze_threshold = 5000);
ALTER TABLE cases SET (autovacuum_analyze_threshold = 5000);
ALTER TABLE open_contacts SET (autovacuum_analyze_threshold = 5000);
ALTER TABLE dispatch_tasks SET (autovacuum_analyze_threshold = 5000);
ALTER TABLE dispatch_queue SET (autovacuum_analyze_threshold = 5000);
ALTER TABLE promises SET (autovacuum_analyze_threshold = 5000);
ALTER TABLE open_promises SET (autovacuum_analyze_threshold = 5000);
ALTER TABLE courier_events SET (autovacuum_analyze_threshold = 5000);
ALTER TABLE shipments SET (autovacuum_analyze_threshold = 5000);
ALTER TABLE bookings SET (autovacuum_analyze_threshold = 5000);
ALTER TABLE handovers SET (autovacuum_analyze_threshold = 5000);
ALTER TABLE reply_offers SET (autovacuum_analyze_threshold = 5000);
ALTER TABLE case_figures SET (autovacuum_analyze_threshold = 5000);
ALTER TABLE parcel_words SET (autovacuum_analyze_threshold = 5000);
