-- When the depot is called again is an hour like any other once a customer was told it; and a wish for
-- another address is a question that has a person, an hour and an answer.
ALTER TABLE promises
    DROP CONSTRAINT promises_kind_check,
    ADD CONSTRAINT promises_kind_check
        CHECK (kind IN ('news', 'answer', 'confirm', 'window', 'ready', 'call'));
ALTER TABLE questions
    DROP CONSTRAINT questions_wants_check,
    ADD CONSTRAINT questions_wants_check
        CHECK (wants IN ('answer', 'person', 'in_charge', 'parcel', 'address'));

-- Nobody is called about what is over: that was promised to nobody any more, as a confirmation.
CREATE OR REPLACE FUNCTION settle_promises_of_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE promises
       SET state = CASE WHEN NEW.resolution NOT IN ('delivered', 'collected')
                          OR kind IN ('confirm', 'call') THEN 'released'
                        WHEN NEW.closed_at <= CASE kind WHEN 'window' THEN due_at ELSE wait_until END
                        THEN 'kept' ELSE 'broken' END,
           settled_at = NEW.updated_at, settled_by = NEW.resolution
     WHERE case_id = NEW.id AND state = 'open' AND kind <> 'answer';
    RETURN NULL;
END $$;
