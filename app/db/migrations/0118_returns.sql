-- A parcel can be sent back because its customer says so: booked, told to the courier, confirmed or
-- refused like a delivery.
ALTER TABLE bookings
    DROP CONSTRAINT bookings_kind_check,
    ADD CONSTRAINT bookings_kind_check CHECK (kind IN ('redelivery', 'pickup', 'return')),
    DROP CONSTRAINT bookings_missed_check,
    ADD CONSTRAINT bookings_missed_check
        CHECK (missed IN ('tried', 'not_there', 'not_confirmed', 'not_collected', 'not_back'));

-- What a courier account lets its customers choose, and what is charged for it: see app/booking/terms.py.
ALTER TABLE courier_accounts ADD COLUMN terms jsonb NOT NULL DEFAULT '{}';

-- What a courier says beforehand of other wishes than a day; NULL: it does not say.
ALTER TABLE courier_offers
    ADD COLUMN takes_back boolean,
    ADD COLUMN elsewhere  boolean,
    ADD COLUMN prices     jsonb NOT NULL DEFAULT '{}';   -- by what is chosen, such as "return": "4.50 USD"
