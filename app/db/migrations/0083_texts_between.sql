-- Between which hours of their own day somebody wants to be written to, as `10:00-19:00`.
ALTER TABLE shipments
    ADD COLUMN texts_between text CHECK (texts_between ~ '^[0-2][0-9]:[0-5][0-9]-[0-2][0-9]:[0-5][0-9]$');
