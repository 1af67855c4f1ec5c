-- Whom a caller may be: the words by which the parcel of a case is found. They are made by the clock a few
-- seconds after a parcel or its case has changed, so that no webhook waits for them.
CREATE TABLE parcel_words (
    shipment_id  bigint PRIMARY KEY,
    words        tsvector NOT NULL     -- see app/dispatch/search/rules.py
);
-- Written by the clock alone, so the words may go into the index at once; a list of pending ones would have
-- to be walked by every search.
CREATE INDEX parcel_words_words ON parcel_words USING gin (words) WITH (fastupdate = off);
CREATE TABLE parcel_word_changes (shipment_id bigint NOT NULL);

CREATE FUNCTION words_of_new_tasks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO parcel_word_changes
    SELECT c.shipment_id FROM new_rows n JOIN cases c ON c.id = n.case_id;
    RETURN NULL;
END $$;
CREATE TRIGGER dispatch_tasks_words AFTER INSERT ON dispatch_tasks
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION words_of_new_tasks();

-- Whoever was forgotten, and whatever was corrected, is found by the old words no longer, at once.
CREATE FUNCTION words_of_changed_parcel() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM parcel_words WHERE shipment_id = NEW.id;
    INSERT INTO parcel_word_changes VALUES (NEW.id);
    RETURN NULL;
END $$;
CREATE TRIGGER shipments_words AFTER UPDATE OF name, courier_name, phone, courier_phone, address,
        courier_address, tracking_number, order_ref ON shipments
    FOR EACH ROW WHEN ((OLD.name, OLD.courier_name, OLD.phone, OLD.courier_phone, OLD.address,
                        OLD.courier_address, OLD.tracking_number, OLD.order_ref) IS DISTINCT FROM
                       (NEW.name, NEW.courier_name, NEW.phone, NEW.courier_phone, NEW.address,
                        NEW.courier_address, NEW.tracking_number, NEW.order_ref))
    EXECUTE FUNCTION words_of_changed_parcel();

-- The parcels that have these words, the newest first. What many have is found among the newest; what few
-- have is found by its index, and what many had long ago is cut.
CREATE FUNCTION find_parcels(p_words tsquery, p_newest int, p_limit int) RETURNS SETOF bigint
LANGUAGE sql STABLE SET enable_seqscan = off AS $$
    WITH newest AS MATERIALIZED (
        SELECT w.shipment_id
          FROM (SELECT * FROM parcel_words ORDER BY shipment_id DESC LIMIT p_newest) w
         WHERE w.words @@ p_words ORDER BY w.shipment_id DESC LIMIT p_limit),
    older AS MATERIALIZED (
        SELECT w.shipment_id FROM parcel_words w
         WHERE w.words @@ p_words AND (SELECT count(*) FROM newest) < p_limit LIMIT 20 * p_limit)
    SELECT shipment_id FROM newest UNION SELECT shipment_id FROM older
     ORDER BY shipment_id DESC LIMIT p_limit
$$;

-- What is there already is given its words by the clock, a few hundred at a time.
INSERT INTO parcel_word_changes SELECT DISTINCT c.shipment_id FROM dispatch_tasks t JOIN cases c ON c.id = t.case_id;
