"""A world of its own for every test, with ears for what people write."""

from __future__ import annotations

import pytest

from app import receive_facts
from app.settings import Settings
from tests.questions.world import Asking


@pytest.fixture
def play(settings: Settings) -> Asking:
    """Everybody in it can write."""
    receive_facts()
    return Asking(settings)
