"""How people get in: a one-time code by their own channel, or the company's own sign-in."""
