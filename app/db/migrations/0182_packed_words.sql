-- Subject, text and hint of a message are kept in one and compressed (`app.channels.packed_words`). What is
-- written anew stands in its own column and goes before what is packed. Messages that are there
-- stay as they are.
ALTER TABLE message_words ADD COLUMN packed bytea;
ALTER TABLE message_words ALTER packed SET STORAGE EXTERNAL, ALTER packed SET STATISTICS 0;

-- A process from before this would send a message without words. So where there are messages, and such a
-- process may run beside new ones, words are packed a day later.
DO $do$ BEGIN
    EXECUTE format('CREATE FUNCTION words_are_packed() RETURNS boolean LANGUAGE sql STABLE AS %L', format(
        'SELECT clock_timestamp() >= %L::timestamptz',
        CASE WHEN EXISTS (SELECT FROM messages) THEN clock_timestamp() + interval '1 day'
             ELSE '-infinity' END));
END $do$;
