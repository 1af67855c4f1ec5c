"""The gap detector: each courier account has a rhythm, and silence beyond it is reported."""
