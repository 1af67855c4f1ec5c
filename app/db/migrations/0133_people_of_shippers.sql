-- People of a shipper sign in as staff do, and see what is their shipper's: never a depot's.
ALTER TABLE people
    DROP CONSTRAINT people_role_check,
    ADD CONSTRAINT people_role_check CHECK (role IN ('shipper', 'dispatcher', 'supervisor', 'admin')),
    ADD COLUMN shipper_id bigint REFERENCES shippers,
    ADD CONSTRAINT people_shipper_check CHECK ((role = 'shipper') = (shipper_id IS NOT NULL));

-- What a shipper's page begins with never grows with what is closed.
CREATE INDEX cases_shipper_open ON cases (shipper_id, id) WHERE live;
