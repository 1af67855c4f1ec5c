"""Which copy a command is about, and how secrets are kept on disk."""

from __future__ import annotations

import json

import pytest

import app
from app.cli import environment
from app.cli.errors import NothingRunsError
from app.cli.servers import HomeLock


@pytest.fixture
def configured(monkeypatch) -> list[object]:
    """What the process was configured with, instead of configuring the test process."""
    seen: list[object] = []
    monkeypatch.setattr(app, "configure", seen.append)
    return seen


def test_a_file_of_settings_is_read_and_the_environment_comes_first(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text(
        "# a comment\n#PORT=1\nexport PORT=8001\nSMTP_URL='smtp://a=b'\n\nREKNOCK_HOST = ::\n"
    )
    monkeypatch.setenv("REKNOCK_HOST", "127.0.0.1")
    read = environment.read()
    assert (read["PORT"], read["SMTP_URL"]) == ("8001", "smtp://a=b")
    assert read["REKNOCK_HOST"] == "127.0.0.1"


def test_a_command_joins_the_copy_that_runs(settings, configured):
    lock = HomeLock(settings.home)
    lock.take()
    environment.remember(settings)
    found = environment.attach({"REKNOCK_HOME": str(settings.home), "PORT": ""})
    assert found == settings
    assert configured == [settings]
    lock.give_back()
    with pytest.raises(NothingRunsError, match="reknock up"):
        environment.attach({"REKNOCK_HOME": str(settings.home)})


def test_a_given_database_needs_no_running_copy(env, configured):
    assert environment.attach(env).database_url == env["DATABASE_URL"]


def test_what_holds_secrets_is_for_its_owner_alone(tmp_path):
    path = tmp_path / "demo.json"
    environment.write_private(path, {"api_keys": {"admin": "x"}})
    environment.write_private(path, {"api_keys": {"admin": "y"}})
    assert json.loads(path.read_text()) == {"api_keys": {"admin": "y"}}
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]
