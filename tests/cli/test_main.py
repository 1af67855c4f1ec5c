"""The command line as a whole."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from app import cli
from app.cli import LazyGroup, main


def test_help_lists_what_there_is_and_only_that(monkeypatch):
    monkeypatch.setitem(cli.COMMANDS, "dance", "Not written.")
    said = CliRunner().invoke(main, ["--help"]).output
    assert "doctor  " in said
    assert "dance" not in said
    refused = CliRunner().invoke(main, ["dance"])
    assert refused.exit_code == 2
    assert "No such command 'dance'" in refused.output


def test_every_command_has_help_with_an_example():
    assert isinstance(main, LazyGroup)
    for name in main.list_commands(None):  # type: ignore[arg-type]
        answer = CliRunner().invoke(main, [name, "--help"])
        assert answer.exit_code == 0, name
        assert "Example: " in answer.output, name


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("DATABASE_URL", "postgresql://localhost:1/x"),
        ("PORT", "many"),
    ],
)
def test_what_is_wrong_is_one_message_on_standard_error(variable, text, env, monkeypatch):
    for name, value in (env | {variable: text}).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("app.configure", lambda _: None)
    answer = CliRunner().invoke(main, ["db", "upgrade"])
    assert answer.exit_code == 1
    assert answer.stdout == ""
    assert answer.stderr.startswith("Error: ")
    assert "Traceback" not in answer.stderr
