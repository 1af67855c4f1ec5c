"""Every hour that is given to a customer: who keeps it, by when, and what became of it."""
