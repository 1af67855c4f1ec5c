"""What the customer is told of another address that they asked for."""
