-- Customers are forgotten: what proves it names nobody, and whoever was forgotten stays so.

-- When what was known of a parcel's recipient was forgotten. Nothing of it comes back by itself.
ALTER TABLE shipments ADD COLUMN forgotten_at timestamptz;

CREATE TABLE erasures (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at          timestamptz NOT NULL,
    by          text NOT NULL,
    asked       text NOT NULL CHECK (asked IN ('tracking_number', 'recipient')),
    subject     text NOT NULL,              -- keyed pseudonym of what was asked for
    shipper_id  bigint REFERENCES shippers, -- whose parcels; null: everybody's
    parcels     text[] NOT NULL,            -- keyed pseudonyms, for a restored database
    contacts    text[] NOT NULL,
    cases       int NOT NULL,
    closed      int NOT NULL,               -- those of them that were open
    counts      jsonb NOT NULL,             -- {table: rows}
    elsewhere   jsonb NOT NULL,             -- {provider: {asked, cannot}} copies
    former      text NOT NULL,              -- the hash of the proof before this one
    hash        text NOT NULL UNIQUE
);
CREATE INDEX erasures_subject ON erasures (subject, id);

-- Parcels that are looked at once more: something was heard of them after they were forgotten, or was
-- on its way meanwhile.
CREATE TABLE forgotten_again (
    shipment_id  bigint NOT NULL REFERENCES shipments ON DELETE CASCADE,
    due_at       timestamptz NOT NULL
);
CREATE INDEX forgotten_again_due ON forgotten_again (due_at);

-- What providers are asked to forget: their own id of a message, and no more.
CREATE TABLE provider_erasures (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    provider     text NOT NULL,
    channel      text NOT NULL,
    ref          text NOT NULL,
    due_at       timestamptz NOT NULL,
    tries        int NOT NULL DEFAULT 0,
    lease_until  timestamptz,               -- machine time
    state        text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'forgotten', 'given_up')),
    why          text NOT NULL DEFAULT '',
    done_at      timestamptz,
    UNIQUE (provider, ref)
);
CREATE INDEX provider_erasures_due ON provider_erasures (due_at) WHERE state = 'waiting';

-- A courier goes on telling of a parcel whose recipient was forgotten, and a shop sends its orders again.
-- What they say of the recipient is not kept. The list of columns is that of app/forgetting/columns.toml.
CREATE FUNCTION stay_forgotten() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.updated_at IS DISTINCT FROM OLD.updated_at THEN
        INSERT INTO forgotten_again VALUES (NEW.id, NEW.updated_at);
    END IF;
    NEW.tracking_url := NULL; NEW.name := NULL; NEW.phone := NULL; NEW.email := NULL; NEW.address := NULL;
    NEW.courier_name := NULL; NEW.courier_phone := NULL; NEW.courier_email := NULL;
    NEW.courier_address := NULL; NEW.status_words := NULL; NEW.held := NULL; NEW.directions := NULL;
    NEW.ordered := NULL; NEW.texts_between := NULL; NEW.not_theirs := '{}';
    RETURN NEW;
END $$;
CREATE TRIGGER shipments_stay_forgotten BEFORE UPDATE ON shipments
    FOR EACH ROW WHEN (OLD.forgotten_at IS NOT NULL) EXECUTE FUNCTION stay_forgotten();

