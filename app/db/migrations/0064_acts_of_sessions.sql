-- Somebody may have signed in without a key: an act in the console is that of their session.
ALTER TABLE console_acts RENAME COLUMN key_id TO session_id;
