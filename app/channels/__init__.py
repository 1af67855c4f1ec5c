"""How a message leaves and what became of it: outbox, routing, receipts, providers."""
