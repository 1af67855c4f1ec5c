"""Somebody whom a customer asks to choose for them, and who is told no more than needed."""
