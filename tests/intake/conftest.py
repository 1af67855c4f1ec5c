"""A world of its own for every test, and the order gate over HTTP where a test wants it."""

from tests.play import play
from tests.shipments.conftest import client
from tests.web import web

__all__ = ["client", "play", "web"]
