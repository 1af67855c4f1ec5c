-- An answer may ask for a person, or say that a number is wrong: that is done, and a 0 takes it back.
ALTER TABLE reply_acts
    ALTER COLUMN booking_id DROP NOT NULL,
    ADD COLUMN question_id bigint REFERENCES questions ON DELETE CASCADE,
    ADD COLUMN wrong_id    bigint REFERENCES wrong_contacts ON DELETE CASCADE,
    ADD CONSTRAINT reply_acts_one_thing CHECK (num_nonnulls(booking_id, question_id, wrong_id) = 1);

ALTER TABLE questions
    DROP CONSTRAINT questions_wants_check,
    ADD CONSTRAINT questions_wants_check CHECK (wants IN
        ('answer', 'person', 'call', 'return', 'cancel', 'in_charge', 'parcel', 'address'));
