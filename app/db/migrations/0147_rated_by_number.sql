-- A message that asks how it went offers the scores by their numbers, as others offer days: a digit
-- means what was asked last.
ALTER TABLE reply_offers DROP CONSTRAINT reply_offers_kind_check;
ALTER TABLE reply_offers ADD CONSTRAINT reply_offers_kind_check
    CHECK (kind IN ('choices', 'cases', 'scores'));
-- Surveys that were sent before: their messages are known, and what they asked.
INSERT INTO reply_offers (case_id, message_key, kind, choices, offered_at)
SELECT case_id, idempotency_key, 'scores', ARRAY['1', '2', '3', '4', '5'], created_at
  FROM messages
 WHERE topic = 'survey' AND audience = 'customer' AND route = 1
   AND idempotency_key LIKE '%:survey:%' AND created_at > now() - interval '30 days'
 ORDER BY id
    ON CONFLICT DO NOTHING;
