-- A delivery may be handed to a neighbour or left in a safe place, where the customer says so.
ALTER TABLE bookings
    ADD COLUMN leaving     text NOT NULL DEFAULT '' CHECK (leaving IN ('', 'neighbour', 'safe_place')),
    ADD COLUMN leave_who   text NOT NULL DEFAULT '',   -- the neighbour's name
    ADD COLUMN leave_where text NOT NULL DEFAULT '',   -- their house number or door; the safe place in words
    ADD COLUMN leave_photo text NOT NULL DEFAULT '';   -- of the safe place; its name in `photos`
