-- Of what a message was made, its sentences are kept once for all messages that say them. Beside a
-- message itself they stay where it may be sent or read aloud by them.
CREATE TABLE text_forms (
    template text PRIMARY KEY,
    made_of  jsonb NOT NULL           -- as in `message_words`, without values
);

-- Sentences as `app.languages.said` keeps them, without what they say of anybody.
CREATE FUNCTION without_values(p_made_of jsonb) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN (SELECT coalesce(jsonb_agg(jsonb_build_array(s->0, (
                SELECT coalesce(jsonb_object_agg(key, CASE jsonb_typeof(value)
                           WHEN 'array' THEN without_values(value) ELSE '""' END), '{}')
                  FROM jsonb_each(s->1))) ORDER BY place), '[]')
              FROM jsonb_array_elements(p_made_of) WITH ORDINALITY AS s(s, place));
END $$;

INSERT INTO text_forms
SELECT DISTINCT ON (template) template, without_values(made_of) FROM message_words
 WHERE made_of IS NOT NULL AND template IS NOT NULL ORDER BY template, message_id DESC;

-- How many messages wait is counted where it is asked: two rows for each message told it before.
DROP TRIGGER messages_queued_counted ON messages;
DROP TRIGGER messages_requeued_counted ON messages;
DROP TRIGGER messages_taken_counted ON messages;
DROP TRIGGER messages_gone_counted ON messages;
DROP FUNCTION count_gauge();
DELETE FROM gauge_changes WHERE gauge = 'messages_queued';
