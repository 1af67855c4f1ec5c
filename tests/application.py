"""The web app for tests, built once by each process: building it takes longer than most tests."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from flask import Flask

import app
from app.counted import counting
from app.intake import store as intake_store
from app.settings import Settings

_built: dict[str, Flask] = {}


def create_app(settings: Settings) -> Flask:
    """As `app.create_app`; an app that is there already is told of this test's database and folder.

    A test that changes its app, or is about how one is built, builds one of its own.
    """
    ours = replace(settings, home=Path(), database_url="", redis_url="", broker_url="", port=0)
    kept = _built.get(repr(ours))
    if kept is None:
        kept = _built[repr(ours)] = app.create_app(settings)
        return kept
    app.configure(settings)
    counting.publish(settings.redis_url)
    intake_store.use_writer("plain" if settings.database_pooled else settings.webhook_writer)
    app.receive_facts()
    kept.config["SETTINGS"] = settings
    return kept
