-- What a customer did not ask for is counted, so that nobody hears from us every few hours about one
-- parcel. A confirmation of their own choice and an answer are not.
ALTER TABLE messages ADD COLUMN counts boolean NOT NULL DEFAULT false;
UPDATE messages m SET counts = true FROM cases c
 WHERE c.id = m.case_id AND c.state <> 'closed' AND m.audience = 'customer';
