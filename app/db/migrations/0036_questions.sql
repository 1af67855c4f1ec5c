-- What a customer wants to know or asks for, whichever way it came, and what they were answered. The
-- words of both stand here and nowhere else in the story: whoever forgets a person empties one table.
CREATE TABLE questions (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id      bigint NOT NULL,
    text         text NOT NULL,          -- empty: a button was pressed without words
    wants        text NOT NULL CHECK (wants IN ('answer', 'person', 'in_charge', 'parcel')),
    channel      text NOT NULL,          -- sms, whatsapp, email, page: the answer leaves by it
    sender       text NOT NULL,          -- the number or address it came from; empty for the page
    asked_at     timestamptz NOT NULL,
    answer_by    timestamptz NOT NULL,   -- what the customer was told last
    keeper       text NOT NULL DEFAULT '',  -- who was named to them; empty: the depot
    told_at      timestamptz,            -- when they were told that
    late         int NOT NULL DEFAULT 0, -- how often the hour had to be moved
    goes_up      boolean NOT NULL DEFAULT false,  -- the next level is to be called at once
    answered_at  timestamptz,
    answered_by  text,
    answer       text                    -- null: it was settled in another way, such as by a call
);
CREATE INDEX questions_case ON questions (case_id, id);
-- what the audit walks
CREATE INDEX questions_open ON questions (case_id) WHERE answered_at IS NULL;

-- Whose reply this is: somebody who writes before we did, and somebody with several parcels.
CREATE INDEX cases_phone ON cases (contact_phone)
    WHERE state <> 'closed' AND contact_phone IS NOT NULL;
CREATE INDEX cases_email ON cases (contact_email)
    WHERE state <> 'closed' AND contact_email IS NOT NULL;
-- which task a dispatcher was called for last
CREATE INDEX messages_staff ON messages (recipient, id) WHERE audience = 'dispatcher';

-- A message to somebody who belongs to no case has none: case_id is 0.
ALTER TABLE messages
    DROP CONSTRAINT messages_needs_case_check,
    ADD CONSTRAINT messages_needs_case_check
        CHECK (needs_case IN ('open', 'closed', 'any', 'none'));

-- A machine's answer, a stranger's words and a dispatcher's are told from a customer's.
ALTER TABLE inbound_messages
    DROP CONSTRAINT inbound_messages_meaning_check,
    ADD CONSTRAINT inbound_messages_meaning_check CHECK (meaning IN
        ('reply', 'opt_out', 'opt_in', 'help', 'automatic', 'stranger', 'staff'));
CREATE INDEX inbound_messages_strangers ON inbound_messages (received_at)
    WHERE meaning = 'stranger';

-- A courier that reports once more that it delivered has said nothing new to a customer who does not have
-- the parcel: that case ends when people have found out.
CREATE OR REPLACE FUNCTION close_case(p_case bigint, p_resolution text, p_at timestamptz,
                                      p_now timestamptz, p_actor text)
RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    UPDATE cases SET state = 'closed', closed_at = p_at, resolution = p_resolution,
                     updated_at = p_now
     WHERE id = p_case AND state <> 'closed'
       AND NOT (reason = 'not_received' AND p_actor = 'courier' AND p_resolution = 'delivered');
    IF NOT FOUND THEN
        -- the courier's word is weighed anew, whatever of it was waiting
        DELETE FROM steps WHERE case_id = p_case AND name = 'hear_courier' AND p_actor = 'courier';
        RETURN false;
    END IF;
    DELETE FROM steps WHERE case_id = p_case;
    INSERT INTO timeline (case_id, at, kind, actor, facts)
    VALUES (p_case, p_now, 'closed', p_actor, jsonb_build_object('resolution', p_resolution));
    RETURN true;
END $$;
