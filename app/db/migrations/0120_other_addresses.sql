-- One delivery may go to another address, where the courier's terms let a customer say so.
ALTER TABLE bookings
    ADD COLUMN leave_address jsonb,
    DROP CONSTRAINT bookings_leaving_check,
    ADD CONSTRAINT bookings_leaving_check CHECK (leaving IN ('', 'neighbour', 'safe_place', 'address')),
    ADD CONSTRAINT bookings_leave_address CHECK (leave_address IS NULL OR leaving = 'address');
