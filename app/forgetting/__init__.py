"""Forgetting a customer: every column that tells of them, and the proof that it is gone."""
