-- On what ground a recipient is written to, as the shipper says it of the order.
ALTER TABLE shipments
    ADD COLUMN consent text CHECK (consent IN ('given', 'exemption', 'unknown'));
