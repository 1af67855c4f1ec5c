"""Contacts looked up at the shipper's own system, when an event names an order we don't know.

Like sending, it is three short acts: a row is claimed (commit), the shipper's address is called
with no transaction open, and one transaction records what came of it.
"""
