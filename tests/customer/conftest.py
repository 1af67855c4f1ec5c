"""A world of its own for every test."""

from tests.pages.conftest import client
from tests.play import play

__all__ = ["client", "play"]
