-- How a booking did not come true. Who stood at a closed door kept their word, nobody's word was broken
-- where nobody had given it, and a shelf that nobody came to was ready.
ALTER TABLE bookings ADD COLUMN missed text
    CHECK (missed IN ('tried', 'not_there', 'not_confirmed', 'not_collected'));
UPDATE bookings
   SET missed = CASE WHEN confirmed_at IS NULL THEN 'not_confirmed'
                     WHEN kind = 'pickup' THEN 'not_collected' ELSE 'not_there' END
 WHERE state = 'broken';
