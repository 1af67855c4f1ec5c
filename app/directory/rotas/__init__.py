"""Who is on duty when: shifts, turns, swaps and overrides, and a depot's opening hours."""
