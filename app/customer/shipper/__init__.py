"""What the customer is told of the shipper's decisions."""
