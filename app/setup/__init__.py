"""The whole set-up as one file: what would change, change it, write it out."""
