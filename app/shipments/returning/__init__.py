"""The return clock: what the courier does by itself when nobody asks for anything, and when."""
