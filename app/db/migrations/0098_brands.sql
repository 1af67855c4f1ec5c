-- How a shipper looks to its customers; see app/directory/brand.py. Empty: as this house does.
ALTER TABLE shippers ADD COLUMN brand jsonb NOT NULL DEFAULT '{}';
CREATE UNIQUE INDEX shippers_domain ON shippers ((brand ->> 'domain')) WHERE brand ? 'domain';
