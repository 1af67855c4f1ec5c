-- A number is used again, and the delivery of its parcel before this one is told late: by more than the
-- policy's days before what was heard last, it ends nothing, and says nothing of who waits now.
DO $$ BEGIN
    EXECUTE replace(pg_get_functiondef('take_event'::regproc),
        '    -- What is delivered after a return is delivered to the sender.',
        $of$    IF (p_kind = 'delivered' OR v_back) AND v_delivered IS NULL
       AND v_heard > v_at + recycled_after(p_shipper) THEN
        p_kind := 'progress';
        v_opens := false;
        v_back := false;
        v_outcome := 'ignored';
        p_order := NULL;
        p_url := NULL;
        p_name := NULL;
        p_phone := NULL;
        p_email := NULL;
        p_address := NULL;
    END IF;
    -- What is delivered after a return is delivered to the sender.$of$);
END $$;
