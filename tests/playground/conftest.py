"""The demo on a database of the test's own, behind a real web process."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from app import configure
from app.channels import providers
from app.intake import accounts
from app.playground import demo
from app.settings import Settings
from tests.pages.conftest import browser, env, window
from tests.pages.web import serving

__all__ = ["browser", "env", "window"]


@pytest.fixture
def document(settings: Settings) -> Iterator[dict[str, Any]]:
    """The demo data, loaded; what is to stand in `demo.json`, which stands there too."""
    configure(settings)
    document = demo.load(settings)
    (settings.home / "demo.json").write_text(json.dumps(document))
    yield document
    providers._chosen.clear()
    accounts.forget()


@pytest.fixture
def web(env: dict[str, str], document: dict[str, Any]) -> Iterator[str]:
    """The address of a real web process."""
    with serving(env) as url:
        yield url
