-- Figures by depot, courier account and shipper, and any two of them together: a block is of one
-- of each, where 0 stands for all. A depot no longer stands in place of a shipper.
TRUNCATE case_figures, figure_blocks, figure_changes;
ALTER TABLE case_figures
    ALTER depot_id SET NOT NULL,
    ADD account_id bigint NOT NULL;
ALTER TABLE figure_blocks
    ADD depot_id   bigint NOT NULL,
    ADD account_id bigint NOT NULL,
    DROP CONSTRAINT figure_blocks_pkey,
    ADD PRIMARY KEY (hours, shipper_id, account_id, depot_id, starts_at);

-- What is counted besides: how long a case took, who of the ladder took it on, what became of what
-- was booked, what was corrected, and what customers say of an attempt.
DROP TRIGGER dispatch_tasks_figures_changed ON dispatch_tasks;
CREATE TRIGGER dispatch_tasks_figures_changed
    AFTER UPDATE OF state, acknowledged_at, kind, level ON dispatch_tasks FOR EACH ROW
    WHEN ((OLD.state, OLD.acknowledged_at, OLD.kind) IS DISTINCT FROM
          (NEW.state, NEW.acknowledged_at, NEW.kind)
          OR (NEW.acknowledged_at IS NOT NULL AND OLD.level <> NEW.level))
    EXECUTE FUNCTION figures_change();
DROP TRIGGER bookings_figures ON bookings;
CREATE TRIGGER bookings_figures_made AFTER INSERT OR DELETE ON bookings
    FOR EACH ROW EXECUTE FUNCTION figures_change();
CREATE TRIGGER bookings_figures_changed
    AFTER UPDATE OF chosen_by, state, missed ON bookings FOR EACH ROW
    WHEN ((OLD.chosen_by, OLD.state, OLD.missed) IS DISTINCT FROM
          (NEW.chosen_by, NEW.state, NEW.missed))
    EXECUTE FUNCTION figures_change();
CREATE TRIGGER disputes_figures AFTER INSERT OR DELETE OR UPDATE OF state, came ON disputes
    FOR EACH ROW EXECUTE FUNCTION figures_change();
CREATE TRIGGER corrections_figures_made AFTER INSERT ON corrections FOR EACH ROW
    WHEN (NEW.case_id IS NOT NULL) EXECUTE FUNCTION figures_change();
CREATE TRIGGER corrections_figures_changed AFTER UPDATE OF state ON corrections FOR EACH ROW
    WHEN (NEW.case_id IS NOT NULL) EXECUTE FUNCTION figures_change();
DROP TRIGGER cases_figures_changed ON cases;
CREATE TRIGGER cases_figures_changed
    AFTER UPDATE OF state, resolution, fault, reason, shipper_id, opened_at, closed_at ON cases
    FOR EACH ROW
    WHEN ((OLD.state, OLD.resolution, OLD.fault, OLD.reason, OLD.shipper_id, OLD.opened_at,
           OLD.closed_at) IS DISTINCT FROM
          (NEW.state, NEW.resolution, NEW.fault, NEW.reason, NEW.shipper_id, NEW.opened_at,
           NEW.closed_at))
    EXECUTE FUNCTION case_figures_change();

-- What a parcel that comes back costs the shipper; without it no money is reckoned.
ALTER TABLE shippers
    ADD return_cost     numeric(10, 2) CHECK (return_cost > 0),
    ADD return_currency text CHECK (return_currency ~ '^[A-Z]{3}$'),
    ADD CHECK ((return_cost IS NULL) = (return_currency IS NULL));

-- All cases that the dashboard can show are counted anew, as in 0025: days compared with the days before
-- reach twice as far back.
INSERT INTO figure_changes SELECT id FROM cases
 WHERE opened_at > now() - interval '190 days' ORDER BY id DESC;
