"""What is done in the console to one task or many at once, and taken back."""
