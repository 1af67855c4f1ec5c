-- Whom a shipper has invited to recommend it: once, by whichever parcel. A key is a pseudonym.
CREATE TABLE invitations (
    shipper_id    bigint NOT NULL REFERENCES shippers,
    customer_key  text NOT NULL,
    case_id       bigint NOT NULL REFERENCES cases,
    invited_at    timestamptz NOT NULL,
    PRIMARY KEY (shipper_id, customer_key)
);
CREATE INDEX invitations_case ON invitations (case_id);
