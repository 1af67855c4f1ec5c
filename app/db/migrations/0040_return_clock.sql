-- What a courier does by itself with a parcel that was not delivered, and when.
ALTER TABLE courier_accounts ADD COLUMN return_rules jsonb NOT NULL DEFAULT '{}';
ALTER TABLE cases
    ADD COLUMN courier_act text CHECK (courier_act IN ('tries_again', 'returns')),
    ADD COLUMN courier_acts_at timestamptz,
    ADD COLUMN change_by timestamptz;     -- until then the courier takes other wishes

-- What somebody is called for has to be done before the courier acts.
CREATE OR REPLACE FUNCTION move_dispatch_deadlines() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE dispatch_tasks SET deadline = coalesce(least(NEW.return_by, NEW.change_by), 'infinity')
     WHERE case_id = NEW.id AND kind IN ('failure', 'promise') AND state IN ('open', 'acknowledged');
    RETURN NULL;
END $$;
DROP TRIGGER cases_return_by_moved ON cases;
CREATE TRIGGER cases_deadline_moved AFTER UPDATE OF return_by, change_by ON cases
    FOR EACH ROW WHEN (least(OLD.return_by, OLD.change_by) IS DISTINCT FROM
                       least(NEW.return_by, NEW.change_by))
    EXECUTE FUNCTION move_dispatch_deadlines();
