-- A message whose provider tells nothing more is asked after, and in the end goes by the next channel.
ALTER TABLE messages
    ADD COLUMN asked_at timestamptz,  -- when its provider was asked what became of it, and its price
    ADD COLUMN passed_at timestamptz; -- when the next channel was used although it may have arrived

CREATE INDEX messages_unheard ON messages (done_at)
    WHERE state = 'sent' AND channel IN ('sms', 'whatsapp') AND audience = 'customer'
      AND passed_at IS NULL;
CREATE INDEX messages_unread ON messages (done_at)
    WHERE state = 'delivered' AND channel = 'whatsapp' AND audience = 'customer'
      AND read_at IS NULL AND passed_at IS NULL;
CREATE INDEX messages_unpriced ON messages (done_at)
    WHERE price IS NULL AND provider_id IS NOT NULL AND state IN ('sent', 'delivered', 'failed');

-- What messages cost, by day (UTC), courier account, channel and currency; exact.
CREATE VIEW message_costs AS
SELECT (done_at AT TIME ZONE 'UTC')::date AS day, account_id, audience, channel, provider,
       price_unit AS currency, count(*) AS messages, sum(abs(price)) AS cost
  FROM messages WHERE price IS NOT NULL GROUP BY 1, 2, 3, 4, 5, 6;
