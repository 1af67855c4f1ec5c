"""The web app for tests, built once by each process: building it takes longer than most tests."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import Flask

import app
from app.counted import counting
from app.settings import Settings

_built: dict[str, tuple[Flask, dict[str, Any]]] = {}
"""By what it was built with: the app, and its configuration as it was then."""


def create_app(settings: Settings) -> Flask:
    """As `app.create_app`; an app that is there already is told of this test's database and folder.

    What another test changed in its configuration is as it was. A test that changes its app
    otherwise, or is about how one is built, builds one of its own.
    """
    ours = replace(settings, home=Path(), files="", port=0)
    ours = replace(ours, database_url="", redis_url="", broker_url="")
    if (found := _built.get(repr(ours))) is None:
        made = app.create_app(settings)
        _built[repr(ours)] = made, dict(made.config)
        return made
    kept, config = found
    app.configure(settings)
    counting.publish(settings.redis_url)
    app.receive_facts()
    kept.config.clear()
    kept.config.update(config, SETTINGS=settings)
    return kept
