"""Answers that are understood: acted on by the verbs of the page, said back, and undone by a 0."""
