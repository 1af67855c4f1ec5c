"""What a customer wants to be sent: refusals are heeded, confirmed, taken back and shown."""
