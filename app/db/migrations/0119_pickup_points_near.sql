-- Pickup points by the thousand: found again by their own code, nearest first, with days of their own on
-- which they are closed.
ALTER TABLE pickup_points
    ADD COLUMN code           text NOT NULL DEFAULT '',  -- the courier's; empty: kept by hand
    ADD COLUMN postcode       text NOT NULL DEFAULT '',
    ADD COLUMN latitude       double precision CHECK (latitude BETWEEN -90 AND 90),
    ADD COLUMN longitude      double precision CHECK (longitude BETWEEN -180 AND 180),
    ADD COLUMN keeps_holidays boolean,                   -- NULL: as its depot does, and closed when that is
    ADD COLUMN closed         date[] NOT NULL DEFAULT '{}',  -- its own closed days
    ADD CONSTRAINT pickup_points_place CHECK ((latitude IS NULL) = (longitude IS NULL)),
    DROP CONSTRAINT pickup_points_depot_id_name_key;
CREATE UNIQUE INDEX pickup_points_name ON pickup_points (depot_id, name) WHERE code = '';
CREATE UNIQUE INDEX pickup_points_code ON pickup_points (depot_id, code) WHERE code <> '';
-- A box around an address: a band of latitudes, and in it the longitudes.
CREATE INDEX pickup_points_near ON pickup_points (depot_id, latitude, longitude)
    WHERE latitude IS NOT NULL;
CREATE INDEX pickup_points_postcode ON pickup_points (depot_id, postcode) WHERE postcode <> '';
