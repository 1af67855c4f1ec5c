-- Figures told apart, by courier, depot or shipper, are found without reading those of all the others:
-- each way of telling them apart has an index of its own, from whom is named to the day.
CREATE INDEX figure_blocks_by_shipper ON figure_blocks (depot_id, account_id, starts_at)
    WHERE shipper_id <> 0;
CREATE INDEX figure_blocks_by_depot ON figure_blocks (shipper_id, account_id, starts_at)
    WHERE depot_id <> 0;
CREATE INDEX figure_blocks_by_account ON figure_blocks (shipper_id, depot_id, starts_at)
    WHERE account_id <> 0;
