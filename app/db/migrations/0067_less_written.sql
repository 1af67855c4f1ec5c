-- A row that changes is written into every index again, unless no column that any of its indexes
-- knows has changed. What follows lets most changes of a case be such, and writes less beside it.

-- Whether a case is open changes once; its state, which these indexes knew, several times.
ALTER TABLE cases ADD COLUMN live boolean NOT NULL GENERATED ALWAYS AS (state <> 'closed') STORED;
DROP INDEX cases_one_open, cases_open, cases_phone, cases_email;
CREATE UNIQUE INDEX cases_one_open ON cases (shipment_id) WHERE live;
CREATE INDEX cases_open ON cases (id) WHERE live;
CREATE INDEX cases_phone ON cases (contact_phone) WHERE live AND contact_phone IS NOT NULL;
CREATE INDEX cases_email ON cases (contact_email) WHERE live AND contact_email IS NOT NULL;

-- A promise is only ever looked for by its case.
ALTER TABLE promises DROP CONSTRAINT promises_pkey, ADD PRIMARY KEY (case_id, id);
DROP INDEX promises_case;

-- A transaction that changes one case in several ways marks it once.
CREATE FUNCTION mark_figures(p_case bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('reknock.marked', true) IS DISTINCT FROM p_case::text THEN
        INSERT INTO figure_changes VALUES (p_case);
        PERFORM set_config('reknock.marked', p_case::text, true);
    END IF;
END $$;
CREATE OR REPLACE FUNCTION figures_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM mark_figures(CASE TG_OP WHEN 'DELETE' THEN OLD.case_id ELSE NEW.case_id END);
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION case_figures_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM mark_figures(CASE TG_OP WHEN 'DELETE' THEN OLD.id ELSE NEW.id END);
    RETURN NULL;
END $$;
