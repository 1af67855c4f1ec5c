"""A shipper's own pages: what waits for them, their parcels, their webhooks, their brand."""
