"""What only the shipper can decide: a replacement, a refund, another try."""
