"""What customers write to us: a person answers, by a time that the customer knows."""
