"""What is counted for Prometheus: how often, and how long it took."""
