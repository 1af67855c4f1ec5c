-- What a message offers is found by its case or its message, never by its own number.
ALTER TABLE reply_offers DROP CONSTRAINT reply_offers_pkey;
