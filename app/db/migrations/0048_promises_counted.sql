-- The dashboard counts promises, no longer the bookings that some of them are about.

-- What was booked before promises were rows was promised too, and became what its booking became.
INSERT INTO promises (case_id, kind, about, due_at, wait_until, made_at, state, settled_at, settled_by)
SELECT b.case_id, CASE b.kind WHEN 'pickup' THEN 'ready' ELSE 'window' END, b.id,
       CASE b.kind WHEN 'pickup' THEN b.starts_at ELSE b.ends_at END, b.ends_at, b.created_at,
       CASE WHEN b.state IN ('kept', 'broken') THEN b.state ELSE 'released' END,
       coalesce(b.ended_at, c.closed_at, b.ends_at), b.state
  FROM bookings b JOIN cases c ON c.id = b.case_id
 WHERE b.state <> 'standing' AND c.opened_at > now() - interval '100 days'
   AND NOT EXISTS (SELECT FROM promises p
                    WHERE p.case_id = b.case_id AND p.kind IN ('window', 'ready') AND p.about = b.id);

CREATE TRIGGER promises_figures_made AFTER INSERT OR DELETE ON promises
    FOR EACH ROW EXECUTE FUNCTION figures_change();
CREATE TRIGGER promises_figures_changed AFTER UPDATE OF state ON promises FOR EACH ROW
    WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION figures_change();

-- Of a booking only counts who chose it.
DROP TRIGGER bookings_figures ON bookings;
CREATE TRIGGER bookings_figures AFTER INSERT OR DELETE OR UPDATE OF chosen_by ON bookings
    FOR EACH ROW EXECUTE FUNCTION figures_change();

-- All cases that the dashboard can show are counted anew, as in 0025.
INSERT INTO figure_changes SELECT id FROM cases
 WHERE opened_at > now() - interval '100 days' ORDER BY id DESC;
