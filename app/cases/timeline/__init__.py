"""A case's timeline: what can happen, and how it is written and read."""
