-- With every place of a depot taken, customers can wait for one that becomes free. It is offered to who
-- waits longest, and is theirs for a while: an offer takes the place, so that nobody else is told of it.
CREATE TABLE slot_waits (
    case_id        bigint PRIMARY KEY,
    depot_id       bigint NOT NULL,
    since          timestamptz NOT NULL,    -- the order; who let an offer pass begins anew at its end
    slot_id        bigint REFERENCES slots, -- what is offered
    offered_until  timestamptz,
    CHECK ((slot_id IS NULL) = (offered_until IS NULL))
);
CREATE INDEX slot_waits_turn ON slot_waits (depot_id, since, case_id) WHERE slot_id IS NULL;
CREATE INDEX slot_waits_offered ON slot_waits (depot_id) WHERE slot_id IS NOT NULL;
