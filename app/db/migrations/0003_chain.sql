-- A wait is a row. Only what is still to come stands here; what was done is in the timeline.

CREATE TABLE steps (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id      bigint NOT NULL,
    link         text NOT NULL,
    due_at       timestamptz NOT NULL,
    lease_until  timestamptz,               -- a hint is on its way until then
    attempt      int NOT NULL DEFAULT 0,    -- only grows: a hint with an older one is stale
    tries        int NOT NULL DEFAULT 0,    -- claims since it last went well
    wake_at      timestamptz NOT NULL GENERATED ALWAYS AS (greatest(due_at, lease_until)) STORED,
    data         jsonb NOT NULL DEFAULT '{}',
    last_error   text,
    request_id   text NOT NULL
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0,
        autovacuum_analyze_scale_factor = 0.02);
-- One live step of a link per case: arming twice is arming once.
CREATE UNIQUE INDEX steps_one_live ON steps (case_id, link);
CREATE INDEX steps_wake ON steps (wake_at, id);

-- Claim what is due, oldest first. `lost`: there was a hint before, and nobody took it. With
-- stale statistics the planner would sort the whole backlog; here it may only walk the index.
CREATE FUNCTION claim_steps(p_now timestamptz, p_limit int, p_lease interval)
RETURNS TABLE (id bigint, attempt int, link text, lost boolean) LANGUAGE sql
SET enable_seqscan = off SET enable_sort = off SET enable_bitmapscan = off
SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
    UPDATE steps s
       SET attempt = s.attempt + 1,
           tries = s.tries + 1,
           -- what fails again and again waits longer and longer, up to about an hour
           lease_until = p_now + p_lease * (1 << least(s.tries, 8))
      FROM (SELECT d.id, d.lease_until AS hinted FROM steps d WHERE d.wake_at <= p_now
             ORDER BY d.wake_at, d.id LIMIT p_limit FOR UPDATE SKIP LOCKED) due
     WHERE s.id = due.id
    RETURNING s.id, s.attempt, s.link, due.hinted IS NOT NULL AND s.last_error IS NULL
$$;

-- Close a case: what waited is dropped, what the policy wants after closing is armed.
CREATE FUNCTION close_case(p_case bigint, p_resolution text, p_at timestamptz, p_now timestamptz,
                           p_actor text, p_request text)
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    v_policy bigint;
    v_follows jsonb;
BEGIN
    UPDATE cases SET state = 'closed', closed_at = p_at, resolution = p_resolution,
                     updated_at = p_now
     WHERE id = p_case AND state <> 'closed' RETURNING policy_id INTO v_policy;
    IF NOT FOUND THEN RETURN false; END IF;
    DELETE FROM steps WHERE case_id = p_case;
    INSERT INTO timeline (case_id, at, kind, actor, facts)
    VALUES (p_case, p_now, 'closed', p_actor, jsonb_build_object('resolution', p_resolution));
    SELECT coalesce(body->'after'->'close'->p_resolution, body->'after'->'close'->'*')
      INTO v_follows FROM policies WHERE id = v_policy;
    INSERT INTO steps (case_id, link, due_at, request_id)
    SELECT p_case, f->>'arm', p_now + make_interval(secs => coalesce((f->>'in')::float8, 0)),
           p_request
      FROM jsonb_array_elements(coalesce(v_follows, '[]')) f
        ON CONFLICT (case_id, link) DO NOTHING;
    RETURN true;
END $$;
