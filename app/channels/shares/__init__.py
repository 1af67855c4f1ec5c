"""How much each of several providers of a channel gets: less when it fails or is slow, and back."""
