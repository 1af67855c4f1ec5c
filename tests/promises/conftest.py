"""A world of its own for every test."""

from tests.play import play

__all__ = ["play"]
