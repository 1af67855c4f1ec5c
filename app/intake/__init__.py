"""Courier webhooks in: verified, translated, deduplicated, and turned into cases."""
