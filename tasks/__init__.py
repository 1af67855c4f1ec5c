"""The Celery app with a task for every step type, the sender, and the clock process."""
