"""`/playground/texts`: every message in every language beside each other, with what it costs."""
