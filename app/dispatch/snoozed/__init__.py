"""Calls that are put off until a time, or until something happens before it."""
