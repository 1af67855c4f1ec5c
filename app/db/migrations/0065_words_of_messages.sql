-- What a message says stands apart from how far it is: the words are written once, while the row
-- that goes from state to state is written again each time.
CREATE TABLE message_words (
    message_id bigint PRIMARY KEY,
    subject    text NOT NULL DEFAULT '',
    text       text NOT NULL,
    html       text,
    calendar   text,
    spoken     text,        -- what a call says, if not the text
    hint       text         -- how to answer it, for a text message that can be answered
);

INSERT INTO message_words (message_id, subject, text, html, calendar, spoken, hint)
SELECT id, subject, text, html, calendar, spoken, hint FROM messages ORDER BY id;

ALTER TABLE messages
    DROP COLUMN subject, DROP COLUMN text, DROP COLUMN html, DROP COLUMN calendar,
    DROP COLUMN spoken, DROP COLUMN hint;

-- room for the next state beside the last: what does not change is not logged again
ALTER TABLE messages SET (fillfactor = 75);
