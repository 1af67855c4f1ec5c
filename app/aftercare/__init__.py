"""After it is over: stand down, survey, recovery, thanks."""
