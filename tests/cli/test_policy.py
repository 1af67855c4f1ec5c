"""`reknock policy check`: a policy is judged before it is used, without a database."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner

from app.chain import policy
from app.cli import main


def checked(tmp_path: Path, body: Any, exits: int) -> str:
    file = tmp_path / "policy.json"
    file.write_bytes(orjson.dumps(body))
    done = CliRunner().invoke(main, ["policy", "check", str(file)])
    assert done.exit_code == exits, done.output
    return done.output


def test_the_standard_policy_can_be_trusted(tmp_path: Path) -> None:
    assert "can be trusted" in checked(tmp_path, policy.STANDARD, 0)


def misspell(body: dict[str, Any]) -> None:
    outcomes = body["after"]["validate_contact"]
    outcomes["reachabel"] = outcomes.pop("reachable")


@pytest.mark.parametrize(
    ("place", "change"),
    [
        ("after.validate_contact.reachabel", misspell),
        ("after", lambda b: b.update(after={})),
        ("return_after", lambda b: b.update(return_after="4h")),
    ],
)
def test_what_could_leave_a_case_hanging_is_named_by_its_place(
    tmp_path: Path, place: str, change: Any
) -> None:
    body = copy.deepcopy(policy.STANDARD)
    change(body)
    said = checked(tmp_path, body, 1)
    assert place in said
    assert "Traceback" not in said
