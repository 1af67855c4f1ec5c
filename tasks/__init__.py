"""The Celery app: one thin file per link of the chain, the sender, and the clock process."""
