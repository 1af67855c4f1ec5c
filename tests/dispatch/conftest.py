"""A world of its own for every test."""

from tests.dispatch.house import house
from tests.play import play

__all__ = ["house", "play"]
