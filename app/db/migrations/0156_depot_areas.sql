-- Which depot brings what goes to which postcodes: a parcel that comes by an account of one of them
-- goes to the depot whose area is named most exactly. Accounts of depots without areas are as before.
CREATE TABLE depot_areas (
    country  text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    starts   text NOT NULL CHECK (starts ~ '^[A-Z0-9]{1,12}$'),
    depot_id bigint NOT NULL REFERENCES depots,
    PRIMARY KEY (country, starts)
);
CREATE INDEX depot_areas_depot ON depot_areas (depot_id);

CREATE FUNCTION depot_serving(p_depot bigint, p_address jsonb) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_code text := upper(regexp_replace(p_address->>'postcode', '[^0-9A-Za-z]', '', 'g'));
    v_found bigint;
BEGIN
    IF coalesce(v_code, '') = '' OR NOT EXISTS (
        SELECT FROM depot_areas a WHERE a.depot_id = p_depot) THEN
        RETURN NULL;
    END IF;
    SELECT a.depot_id INTO v_found FROM depot_areas a
     WHERE a.country = coalesce(upper(p_address->>'country'),
                                (SELECT d.country FROM depots d WHERE d.id = p_depot))
       AND a.starts = ANY(ARRAY(SELECT left(v_code, n) FROM generate_series(1, length(v_code)) n))
     ORDER BY length(a.starts) DESC LIMIT 1;
    RETURN v_found;
END $$;

-- As in 0148, but for the depot.
CREATE OR REPLACE FUNCTION take_event(
    p_account bigint, p_shipper bigint, p_depot bigint, p_key text, p_body bytea,
    p_kind text, p_ref text, p_tracking text, p_order text, p_url text,
    p_reason text, p_fault text, p_code text, p_words text, p_attempt int,
    p_occurred timestamptz, p_raw_time text,
    p_name text, p_phone text, p_email text, p_language text, p_address jsonb,
    p_now timestamptz, p_request text, p_replay_of bigint, p_held jsonb DEFAULT NULL)
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_event bigint;
    v_known bigint;
    v_case bigint;
    v_shipment bigint;
    v_depot bigint;
    v_attempts int;
    v_heard timestamptz;
    v_delivered timestamptz;
    v_waited boolean;                       -- it was held for collection, and nothing else was booked
    v_undone boolean;                       -- what was delivered is under way again
    v_settled boolean := false;             -- it was made good to the customer without this parcel
    v_newer boolean;
    v_policy bigint;
    v_keeps_for float8;
    v_at timestamptz := least(coalesce(p_occurred, p_now), p_now);
    v_opens boolean := p_kind IN ('failed', 'refused', 'returned', 'lost', 'damaged', 'held');
    v_tried boolean := p_kind IN ('failed', 'refused') AND p_reason <> 'not_attempted';
    v_back boolean := p_kind = 'returned' AND p_reason = 'returned_to_sender';
    v_outcome text := CASE WHEN v_opens OR p_kind = 'delivered' THEN 'accepted' ELSE 'ignored' END;
    v_recycled interval;
    v_kept_until timestamptz := p_held->>'until';
BEGIN
    IF v_kept_until <= p_now THEN v_kept_until := NULL; END IF;

    -- All that concerns one parcel goes one after the other, here and at the order gate.
    PERFORM pg_advisory_xact_lock(hashtextextended(p_tracking, p_shipper));

    SELECT e.id, e.case_id INTO v_known, v_case FROM courier_events e
     WHERE e.account_id = p_account AND e.event_key = p_key AND e.id IS DISTINCT FROM p_replay_of;
    IF FOUND THEN
        IF p_replay_of IS NOT NULL THEN  -- it came meanwhile on another way
            UPDATE courier_events SET outcome = 'duplicate', case_id = v_case
             WHERE id = p_replay_of;
        END IF;
        RETURN concat('duplicate ', v_known, ' ', v_case);
    END IF;
    v_event := coalesce(p_replay_of, nextval('courier_events_id_seq'));

    -- The parcel: by the courier's own id, else one that waits for its courier's word.
    SELECT s.id, s.status_at, coalesce(s.delivered_at, s.back_at)
      INTO v_shipment, v_heard, v_delivered
      FROM shipments s WHERE s.shipper_id = p_shipper AND s.courier_ref = p_ref FOR UPDATE;
    IF v_delivered < v_at AND p_ref = p_tracking AND p_kind <> 'delivered' AND NOT v_back THEN
        v_recycled := recycled_after(p_shipper);
        IF v_at > v_delivered + v_recycled OR EXISTS (
            SELECT 1 FROM shipments s WHERE s.shipper_id = p_shipper AND s.courier_ref IS NULL
               AND s.tracking_number = p_tracking) THEN
            -- The number was used again. The old parcel keeps it, under a name of its own.
            UPDATE shipments s SET courier_ref = concat(p_ref, '~', s.id) WHERE s.id = v_shipment;
            v_shipment := NULL;
            v_heard := NULL;
            v_delivered := NULL;
        END IF;
    END IF;
    IF v_shipment IS NULL THEN
        SELECT s.id, s.status_at, coalesce(s.delivered_at, s.back_at)
          INTO v_shipment, v_heard, v_delivered
          FROM shipments s
         WHERE s.shipper_id = p_shipper AND s.tracking_number = p_tracking
           AND (s.courier_ref IS NULL
                -- known by its number alone before the courier's id was read
                OR s.courier_ref = p_tracking AND coalesce(s.delivered_at, s.back_at) IS NULL)
         ORDER BY s.id DESC LIMIT 1 FOR UPDATE;
        IF NOT FOUND AND p_order IS NOT NULL THEN
            SELECT s.id, s.status_at, coalesce(s.delivered_at, s.back_at)
              INTO v_shipment, v_heard, v_delivered
              FROM shipments s
             WHERE s.shipper_id = p_shipper AND s.courier_ref IS NULL AND s.order_ref = p_order
             ORDER BY s.id DESC LIMIT 1 FOR UPDATE;
        END IF;
    END IF;
    -- What is delivered after a return is delivered to the sender.
    IF p_kind = 'delivered' AND v_delivered IS NULL AND EXISTS (
        SELECT 1 FROM shipments s WHERE s.id = v_shipment AND s.returned_at <= v_at) THEN
        p_kind := 'returned';
        p_reason := 'returned_to_sender';
        p_fault := 'unknown';
        v_opens := true;
        v_back := true;
    END IF;
    IF v_shipment IS NULL THEN
        INSERT INTO shipments (shipper_id, account_id, depot_id, courier_ref, tracking_number,
            order_ref, tracking_url, language, courier_name, courier_phone, courier_email,
            courier_address,
            status, status_code, status_words, status_at, attempts, last_attempt_at, delivered_at,
            returned_at, back_at, held, created_at, updated_at)
        VALUES (p_shipper, p_account, coalesce(depot_serving(p_depot, p_address), p_depot), p_ref,
            p_tracking, p_order, p_url, p_language, p_name,
            p_phone, p_email, p_address, p_kind, p_code, p_words, v_at,
            CASE WHEN v_tried THEN coalesce(p_attempt, 1) ELSE 0 END,
            CASE WHEN v_tried THEN v_at END,
            CASE WHEN p_kind = 'delivered' THEN v_at END,
            CASE WHEN p_kind = 'returned' THEN v_at END, CASE WHEN v_back THEN v_at END,
            p_held, p_now, p_now)
        RETURNING id, depot_id, attempts, delivered_at
             INTO v_shipment, v_depot, v_attempts, v_delivered;
    ELSE
        SELECT c.id, c.kind = 'held' AND c.state <> 'booked' INTO v_case, v_waited FROM cases c
         WHERE c.shipment_id = v_shipment AND c.state <> 'closed' FOR UPDATE;
        v_undone := coalesce(v_opens AND v_at > v_delivered +
            CASE WHEN v_case IS NULL THEN interval '1 day' ELSE interval '0' END, false);
        IF v_undone THEN v_delivered := NULL; END IF;
        IF v_opens AND v_case IS NULL AND v_delivered IS NULL THEN
            SELECT c.closed_at > v_at - recycled_after(p_shipper)
               AND (c.resolution IN ('refunded', 'replaced')
                    OR c.resolution = 'returned' AND p_kind = 'returned')
              INTO v_settled FROM cases c WHERE c.shipment_id = v_shipment
             ORDER BY c.id DESC LIMIT 1;
        END IF;
        -- the newest scan speaks, and nothing but a failure that undoes it speaks after a delivery
        v_newer := v_delivered IS NULL
               AND (p_kind = 'delivered' OR v_back OR v_heard IS NULL OR v_at >= v_heard);
        UPDATE shipments s SET
            account_id = p_account, courier_ref = p_ref,
            -- whoever works on a case keeps it
            depot_id = coalesce(CASE WHEN v_case IS NULL THEN depot_serving(p_depot,
                                    coalesce(s.address, p_address, s.courier_address)) END,
                                s.depot_id, p_depot),
            order_ref = coalesce(s.order_ref, p_order),
            tracking_url = coalesce(p_url, s.tracking_url),
            language = coalesce(s.language, p_language),
            courier_name = coalesce(p_name, s.courier_name),
            courier_phone = coalesce(p_phone, s.courier_phone),
            courier_email = coalesce(p_email, s.courier_email),
            courier_address = coalesce(p_address, s.courier_address),
            status = CASE WHEN v_newer THEN p_kind ELSE s.status END,
            status_code = CASE WHEN v_newer THEN p_code ELSE s.status_code END,
            status_words = CASE WHEN v_newer THEN p_words ELSE s.status_words END,
            status_at = CASE WHEN v_newer THEN v_at ELSE s.status_at END,
            -- an attempt is a distinct failed scan, or what the courier counts
            attempts = CASE WHEN NOT v_tried THEN s.attempts
                            WHEN p_attempt IS NOT NULL THEN greatest(s.attempts, p_attempt)
                            WHEN s.last_attempt_at IS NOT DISTINCT FROM v_at THEN s.attempts
                            ELSE s.attempts + 1 END,
            last_attempt_at = CASE WHEN v_tried THEN greatest(s.last_attempt_at, v_at)
                                   ELSE s.last_attempt_at END,
            delivered_at = coalesce(CASE WHEN NOT v_undone THEN s.delivered_at END,
                                    CASE WHEN p_kind = 'delivered' THEN v_at END),
            returned_at = coalesce(CASE WHEN NOT v_undone THEN s.returned_at END,
                                   CASE WHEN p_kind = 'returned' THEN v_at END),
            back_at = coalesce(CASE WHEN NOT v_undone THEN s.back_at END,
                               CASE WHEN v_back THEN v_at END),
            -- what is said later adds to what was said before
            held = CASE WHEN v_newer AND p_held IS NOT NULL THEN coalesce(s.held, '{}') || p_held
                        ELSE s.held END,
            updated_at = p_now
         WHERE s.id = v_shipment
        RETURNING depot_id, attempts INTO v_depot, v_attempts;
    END IF;

    IF v_case IS NOT NULL THEN
        INSERT INTO timeline (case_id, at, kind, actor, facts)
        VALUES (v_case, p_now, 'courier_' || p_kind, 'courier', jsonb_build_object(
            'event_id', v_event, 'at', v_at, 'reason', p_reason, 'code', p_code, 'words', p_words,
            'attempts', v_attempts));
        IF p_kind = 'delivered' OR v_back THEN
            PERFORM close_case(v_case, CASE WHEN v_back THEN 'returned_to_sender'
                                            WHEN v_waited THEN 'collected'
                                            ELSE 'delivered' END, v_at, p_now, 'courier');
            INSERT INTO steps (case_id, name, due_at, data, request_id)
            VALUES (v_case, 'hear_courier', p_now, '{"happened": "closed"}', p_request);
        ELSIF v_opens AND NOT EXISTS (
            SELECT 1 FROM timeline t WHERE t.case_id = v_case
               AND t.kind IN ('courier_failed', 'courier_refused', 'courier_returned',
                              'courier_lost', 'courier_damaged', 'courier_held')
               AND (t.facts->>'at')::timestamptz > v_at) THEN  -- else it was overtaken
            IF v_kept_until IS NOT NULL THEN
                UPDATE cases SET return_by = v_kept_until WHERE id = v_case;
            END IF;
            -- What it means for the chain (a broken promise? worse news?) is weighed in a step.
            -- One that has not been weighed yet and began the chain still begins it.
            INSERT INTO steps (case_id, name, due_at, data, request_id)
            VALUES (v_case, 'hear_courier', p_now, jsonb_build_object(
                'happened', 'failed', 'kind', p_kind, 'reason', p_reason, 'fault', p_fault,
                'words', p_words, 'at', v_at), p_request)
                ON CONFLICT (case_id, name) DO UPDATE SET due_at = excluded.due_at,
                   data = excluded.data || jsonb_build_object('happened',
                       CASE WHEN steps.data->>'happened' IN ('opened', 'orphaned')
                            THEN steps.data->>'happened' ELSE 'failed' END);
        END IF;
    ELSIF v_opens AND v_delivered IS NULL AND v_settled IS NOT TRUE THEN
        SELECT p.id, p.keeps_for INTO v_policy, v_keeps_for
          FROM shippers h JOIN policies p ON p.id = h.policy_id WHERE h.id = p_shipper;
        INSERT INTO cases (shipment_id, shipper_id, account_id, depot_id, policy_id, kind,
            reason, fault, words, opened_at, updated_at, return_by, request_id)
        VALUES (v_shipment, p_shipper, p_account, v_depot, v_policy, p_kind, p_reason, p_fault,
            p_words, p_now, p_now,
            -- an event far too late says nothing of the courier's deadline: count from today
            coalesce(v_kept_until,
                     greatest(v_at, p_now - interval '1 day') + make_interval(secs => v_keeps_for)),
            p_request)
        RETURNING id INTO v_case;
        INSERT INTO timeline (case_id, at, kind, actor, facts)
        VALUES (v_case, p_now, 'courier_' || p_kind, 'courier', jsonb_build_object(
            'event_id', v_event, 'at', v_at, 'reason', p_reason, 'code', p_code, 'words', p_words,
            'attempts', v_attempts));
        IF v_back THEN  -- nobody need be called about what is back at its sender
            PERFORM close_case(v_case, 'returned_to_sender', v_at, p_now, 'courier');
        END IF;
        INSERT INTO steps (case_id, name, due_at, data, request_id)
        VALUES (v_case, 'hear_courier', p_now, jsonb_build_object('happened',
            CASE WHEN v_back THEN 'closed' ELSE 'opened' END, 'at', v_at), p_request);
    ELSE
        -- Late words about a closed matter join its timeline and undo nothing.
        SELECT c.id INTO v_case FROM cases c WHERE c.shipment_id = v_shipment
         ORDER BY c.id DESC LIMIT 1;
        IF v_case IS NOT NULL THEN
            INSERT INTO timeline (case_id, at, kind, actor, facts)
            VALUES (v_case, p_now, 'courier_' || p_kind, 'courier', jsonb_build_object(
                'event_id', v_event, 'at', v_at, 'reason', p_reason, 'code', p_code,
                'words', p_words, 'late', true));
        ELSIF v_opens THEN
            v_outcome := 'ignored';  -- it was overtaken by the delivery
            IF v_at > v_delivered THEN
                INSERT INTO alerts (kind, subject, shipper_id, account_id, facts, raised_at)
                VALUES ('failure_without_case', p_tracking, p_shipper, p_account,
                    jsonb_build_object('event_id', v_event), p_now)
                    ON CONFLICT (kind, subject) WHERE ended_at IS NULL DO NOTHING;
            END IF;
        END IF;
    END IF;
    -- The body is written once, with everything known. Should two transactions get here with
    -- one key, the second one fails here, is run again, and finds the first.
    IF p_replay_of IS NULL THEN
        INSERT INTO courier_events (id, account_id, event_key, received_at, outcome, kind,
            occurred_at, raw_time, shipment_id, case_id, request_id, body)
        OVERRIDING SYSTEM VALUE
        VALUES (v_event, p_account, p_key, p_now, v_outcome, p_kind, v_at, p_raw_time,
            v_shipment, v_case, p_request, p_body);
    ELSE
        UPDATE courier_events SET event_key = p_key, outcome = v_outcome, kind = p_kind,
            occurred_at = v_at, raw_time = p_raw_time, fault = NULL,
            shipment_id = v_shipment, case_id = v_case
         WHERE id = p_replay_of;
    END IF;
    RETURN concat(v_outcome, ' ', v_event, ' ', v_case);
END $$;
