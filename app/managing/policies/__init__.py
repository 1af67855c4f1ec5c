"""Policies on pages and at the terminal: shown in words, changed, every version remembered."""
