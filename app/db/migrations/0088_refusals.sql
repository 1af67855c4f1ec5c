-- Who wants no messages, and of which shipper, with the proof: when, in which words, which message of
-- theirs. What was taken back stays, with who took it back and how.
ALTER TABLE opt_outs
    DROP CONSTRAINT opt_outs_pkey,
    ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ADD COLUMN shipper_id bigint NOT NULL DEFAULT 0,    -- 0: of whoever writes from here
    ADD COLUMN unclear boolean NOT NULL DEFAULT false,  -- it may be meant; until a person has asked
    ADD COLUMN words text NOT NULL DEFAULT '',
    ADD COLUMN provider text NOT NULL DEFAULT '',
    ADD COLUMN provider_id text NOT NULL DEFAULT '',    -- its id of their message, or its code
    ADD COLUMN answered boolean NOT NULL DEFAULT false, -- the provider has confirmed it to them
    ADD COLUMN by text NOT NULL DEFAULT '',             -- who wrote it down for them
    ADD COLUMN lifted_at timestamptz,
    ADD COLUMN lifted_why text,
    ADD COLUMN lifted_by text;
CREATE UNIQUE INDEX opt_outs_standing ON opt_outs (channel, recipient, shipper_id)
    WHERE lifted_at IS NULL;
CREATE INDEX opt_outs_recipient ON opt_outs (recipient, id);

