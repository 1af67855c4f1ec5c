"""Runs `reknock` commands inside the test's process, on the test's database."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result

from app.cli import main
from app.settings import Settings

Run = Callable[..., Result]


@pytest.fixture
def reknock(settings: Settings, env: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """`reknock("courier", "list")`: what was said; fails unless it ended with `exits`."""
    for name, value in env.items():
        monkeypatch.setenv(name, value)

    def run(*words: str, exits: int = 0, reads: str | bytes = "") -> Result:
        result = CliRunner().invoke(main, words, input=reads)
        assert result.exit_code == exits, result.output
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result

    return run
