-- Somebody may have signed in without a key: an act in the console is that of their session.
ALTER TABLE console_acts RENAME COLUMN key_id TO session_id;

-- Numbers stand apart from words now: what has words already is given new ones.
INSERT INTO parcel_word_changes SELECT shipment_id FROM parcel_words;
