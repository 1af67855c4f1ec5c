"""The web app for tests is built once, and is each test's own all the same."""

from __future__ import annotations

from pathlib import Path

from app import settings as app_settings
from tests.application import create_app


def test_another_folder_and_other_servers_build_no_other_app(env: dict[str, str], tmp_path: Path):
    first = create_app(app_settings.load(env))
    elsewhere = {
        "REKNOCK_HOME": str(tmp_path / "elsewhere"),
        "DATABASE_URL": "postgresql://elsewhere/other",
        "REDIS_URL": "redis://elsewhere:1",
    }
    told = app_settings.load(env | elsewhere)
    assert create_app(told) is first
    assert first.config["SETTINGS"] is told
    assert create_app(app_settings.load(env | {"REKNOCK_API_LIMIT": "7"})) is not first


def test_what_a_test_configured_is_not_so_in_the_next(env: dict[str, str]):
    settings = app_settings.load(env)
    web = create_app(settings)
    before = dict(web.config)
    web.config["WTF_CSRF_ENABLED"] = False
    web.config["OF_ONE_TEST"] = 1
    assert dict(create_app(settings).config) == before
