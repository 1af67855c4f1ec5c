"""What the customer is told of a booking: asked for, confirmed, not confirmed, refused."""
