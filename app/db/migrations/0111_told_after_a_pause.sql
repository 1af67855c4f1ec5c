-- What is under way while an endpoint is told nothing, and committed after it goes on, is told too:
-- whoever lets it go on locks its row, and so waits for those who write, or they wait, look once
-- more, and find it told again. One that is told needs no such wait: of what waits when it is paused,
-- nothing is lost.
CREATE OR REPLACE FUNCTION tell_endpoints() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_shipper bigint;
BEGIN
    IF EXISTS (SELECT FROM webhook_endpoints) THEN
        v_shipper := (SELECT shipper_id FROM cases WHERE id = NEW.case_id);
        PERFORM FROM webhook_endpoints WHERE shipper_id = v_shipper AND state <> 'active'
          ORDER BY id FOR KEY SHARE;
        PERFORM owe_events(e.id, ARRAY[NEW.id], ARRAY[NEW.case_id], ARRAY[NEW.kind], NEW.at)
           FROM (SELECT e.id FROM webhook_endpoints e
                  WHERE e.shipper_id = v_shipper AND e.state = 'active'
                    AND (e.kinds = '{}' OR NEW.kind = ANY(e.kinds))
                  ORDER BY e.id) e;
    END IF;
    RETURN NULL;
END $$;
