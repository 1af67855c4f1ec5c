"""Did the courier come? The customer answers in one tap, and can show that they were there."""
