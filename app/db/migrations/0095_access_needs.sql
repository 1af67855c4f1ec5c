-- What helps a customer at the door. It can tell of their health, so it is kept with their consent
-- alone, tells nothing of itself elsewhere, and is forgotten when the case is closed, whoever closes it.
CREATE TABLE access_needs (
    shipment_id bigint PRIMARY KEY REFERENCES shipments ON DELETE CASCADE,
    needs       text[] NOT NULL,           -- see app/shipments/needs/rules.py
    words       text NOT NULL,
    consent_at  timestamptz NOT NULL
);

CREATE FUNCTION forget_access_needs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM access_needs WHERE shipment_id = NEW.shipment_id;
    RETURN NULL;
END $$;
CREATE TRIGGER cases_closed_forget_needs AFTER UPDATE OF state ON cases
    FOR EACH ROW WHEN (NEW.state = 'closed' AND OLD.state <> 'closed')
    EXECUTE FUNCTION forget_access_needs();
