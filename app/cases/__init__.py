"""The exception case: its states, its timeline; the noun everyone shares."""
