"""How a booking reaches whoever carries it out, and comes back confirmed."""
