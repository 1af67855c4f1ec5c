"""What operators look at: health, metrics, the reference, and a case's whole story."""
