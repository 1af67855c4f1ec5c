-- Gestures count for their case on the dashboard.
CREATE TRIGGER gestures_figures AFTER INSERT OR DELETE OR UPDATE OF state, kind, amount, currency
    ON gestures FOR EACH ROW EXECUTE FUNCTION figures_change();
INSERT INTO figure_changes SELECT DISTINCT case_id FROM gestures;
