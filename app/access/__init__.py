"""Who may do what: API keys, roles, link tokens, and the vault for what must stay secret."""
