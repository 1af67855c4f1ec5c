-- The digests of a disputed attempt's evidence are keyed: whoever has a record has the key in it and can
-- check everything; when the customer is forgotten the key goes, and what is left still makes the chain.
ALTER TABLE disputes
    ADD COLUMN salt         bytea,          -- null: recorded before there were any, or forgotten
    ADD COLUMN forgotten_at timestamptz;
