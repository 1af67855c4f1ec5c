"""Can this person be reached: numbers, opt-out, and asking the shipper where we cannot."""
