"""Whom a caller may be: parcels are found by name, phone, numbers, street and postcode."""
