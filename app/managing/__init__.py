"""Who works here and what depots offer, changed on pages and at the terminal, and remembered."""
