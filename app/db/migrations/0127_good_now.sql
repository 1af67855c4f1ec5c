-- Whether it was made good, as a customer says who was not satisfied; they are asked once.
ALTER TABLE surveys
    ADD COLUMN good_asked_at timestamptz,
    ADD COLUMN good_now      boolean,
    ADD COLUMN good_said_at  timestamptz;
