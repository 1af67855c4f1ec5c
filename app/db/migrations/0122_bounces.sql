-- Addresses at which nobody is reached, as the mail that came back says: its code and words are the
-- proof. Whoever writes from such an address is there after all.
CREATE TABLE bounced_addresses (
    recipient  text PRIMARY KEY,
    message_id bigint NOT NULL,            -- the mail that came back
    code       text NOT NULL,              -- of RFC 3463, or its provider's own
    words      text NOT NULL DEFAULT '',   -- of the server that refused it
    provider   text NOT NULL,
    at         timestamptz NOT NULL
);
