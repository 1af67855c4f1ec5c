"""A small world with people in it."""

from __future__ import annotations

from tests.play import play

__all__ = ["play"]
