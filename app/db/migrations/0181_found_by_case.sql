-- What stands in the order of its case is found by the case alone: ten rows are put in order where they are
-- read. Such an index has each case once, with the places of all its rows; with their numbers it had
-- an entry for each row, four times as long in sum, and was split and logged the more often.
--
-- Each index takes seconds for a million cases, in which nothing is written to its table. Where that is
-- too long, make it before the upgrade with CREATE INDEX CONCURRENTLY under the same name; this takes
-- it as it is.
CREATE INDEX IF NOT EXISTS timeline_case ON timeline (case_id);
ALTER TABLE timeline DROP CONSTRAINT timeline_pkey;
CREATE INDEX IF NOT EXISTS promises_of_case ON promises (case_id);
ALTER TABLE promises DROP CONSTRAINT promises_pkey;
CREATE INDEX IF NOT EXISTS messages_of_case ON messages (case_id);
DROP INDEX messages_case;

-- Who copies these tables by logical replication tells rows apart by all they say, as no index does now.
ALTER TABLE timeline REPLICA IDENTITY FULL;
ALTER TABLE promises REPLICA IDENTITY FULL;
