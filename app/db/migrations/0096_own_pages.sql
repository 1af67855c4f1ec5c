-- What the customer's link is made of, together with a secret that is not kept here: a new key ends
-- every link that was given out before. Cases from before this have none and keep their old links.
ALTER TABLE cases ADD COLUMN page_key bytea, ADD COLUMN page_key_at timestamptz;
ALTER TABLE cases ALTER COLUMN page_key SET DEFAULT substr(uuid_send(gen_random_uuid()), 1, 8);
