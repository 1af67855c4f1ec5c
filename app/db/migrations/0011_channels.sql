-- The columns of messages are called what the field calls them.

ALTER TABLE messages RENAME COLUMN once_key TO idempotency_key;
ALTER TABLE messages RENAME COLUMN then_by TO fallback_routes;
ALTER TABLE messages RENAME CONSTRAINT messages_once_key_key TO messages_idempotency_key_key;
