"""A recipient who cannot be written to: the shipper is asked, and whoever is called hears it."""
