-- What somebody at a depot was called for lately: an answer by text message is about one of these.
CREATE INDEX messages_person ON messages (person_id, id) WHERE person_id IS NOT NULL;
