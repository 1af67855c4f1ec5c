-- What an order says of the time afterwards: consent to a survey, its value, whether it is the first.
ALTER TABLE shipments ADD COLUMN terms jsonb NOT NULL DEFAULT '{}';
