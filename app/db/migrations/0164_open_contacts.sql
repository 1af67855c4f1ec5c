-- By whom an open case is found, its customer's number and address, stands beside the cases, where
-- nothing is logged (0150): that a number was checked, and the case's end, write fewer indexes of `cases`;
-- the former wrote eight.
CREATE UNLOGGED TABLE open_contacts (
    case_id bigint PRIMARY KEY,
    phone text,
    email text
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX open_contacts_phone ON open_contacts (phone) WHERE phone IS NOT NULL;
CREATE INDEX open_contacts_email ON open_contacts (email) WHERE email IS NOT NULL;

CREATE FUNCTION note_contact() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.live AND (NEW.contact_phone IS NOT NULL OR NEW.contact_email IS NOT NULL) THEN
        INSERT INTO open_contacts VALUES (NEW.id, NEW.contact_phone, NEW.contact_email)
            ON CONFLICT (case_id) DO UPDATE SET phone = excluded.phone, email = excluded.email;
    ELSE
        DELETE FROM open_contacts WHERE case_id = NEW.id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER cases_made_contact AFTER INSERT ON cases FOR EACH ROW
    WHEN (NEW.contact_phone IS NOT NULL OR NEW.contact_email IS NOT NULL)
    EXECUTE FUNCTION note_contact();
CREATE TRIGGER cases_contact AFTER UPDATE OF contact_phone, contact_email, state ON cases FOR EACH ROW
    WHEN ((NEW.contact_phone, NEW.contact_email, NEW.live)
          IS DISTINCT FROM (OLD.contact_phone, OLD.contact_email, OLD.live))
    EXECUTE FUNCTION note_contact();

CREATE FUNCTION fill_open_contacts() RETURNS void LANGUAGE sql AS $$
    INSERT INTO open_contacts
    SELECT id, contact_phone, contact_email FROM cases
     WHERE live AND (contact_phone IS NOT NULL OR contact_email IS NOT NULL)
        ON CONFLICT (case_id) DO NOTHING  -- what was written meanwhile is newer
$$;
SELECT fill_open_contacts();
DROP INDEX cases_phone, cases_email;

-- Open cases whose customer has one of these numbers or addresses. After a crash, until all is filled
-- again, they are looked for among all that are open.
CREATE FUNCTION open_cases_with(p_who text[]) RETURNS SETOF bigint LANGUAGE plpgsql STABLE ROWS 5 AS $$
BEGIN
    IF EXISTS (SELECT FROM unlogged_is_whole WHERE part = 'steps') THEN
        RETURN QUERY
        SELECT c.id FROM (SELECT case_id FROM open_contacts WHERE phone = ANY(p_who)
                           UNION SELECT case_id FROM open_contacts WHERE email = ANY(p_who)) o
          JOIN cases c ON c.id = o.case_id
         WHERE c.live AND (c.contact_phone = ANY(p_who) OR c.contact_email = ANY(p_who));
    ELSE
        RETURN QUERY
        SELECT c.id FROM cases c
         WHERE c.live AND (c.contact_phone = ANY(p_who) OR c.contact_email = ANY(p_who));
    END IF;
END $$;

-- As in 0162, with the contacts.
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
    -- a parcel that changes loses its words until they are written again; a new case brings numbers
    INSERT INTO parcel_word_changes
    SELECT DISTINCT c.shipment_id FROM cases c
     WHERE c.live OR NOT EXISTS (SELECT FROM parcel_words w WHERE w.shipment_id = c.shipment_id);
    PERFORM fill_dispatch_queue();
    PERFORM fill_open_contacts();
    INSERT INTO unlogged_is_whole VALUES ('steps', clock_timestamp());
END $$;
