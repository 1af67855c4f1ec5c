-- A customer's question that goes up is no longer for whoever was called below: the customer was
-- told by name who answers. `up_from` is the level that it went up to, and `up_to` names who was
-- called there, as far as these are few.
ALTER TABLE dispatch_tasks
    ADD COLUMN up_from integer NOT NULL DEFAULT 0,
    ADD COLUMN up_to text NOT NULL DEFAULT '';
