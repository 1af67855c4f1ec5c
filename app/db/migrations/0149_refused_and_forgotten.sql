-- A customer's page asks whether anybody who refused messages was forgotten since: mostly nobody was.
CREATE INDEX opt_outs_unnamed ON opt_outs (shipper_id)
 WHERE length(recipient) = 64 AND strpos(recipient, '@') = 0;
