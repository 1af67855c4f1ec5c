"""The timeline in the customer's words: what concerns them, and nothing internal."""
