"""The gap detector: every courier account has its usual rhythm, and silence beyond it is told."""
