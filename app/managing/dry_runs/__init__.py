"""Past cases replayed through another policy, in a scratch world, and what would differ."""
