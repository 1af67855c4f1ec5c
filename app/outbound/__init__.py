"""What happens in a shipper's cases, told to its own systems."""
