"""The record of a disputed attempt: what is changed in it later is seen."""

from __future__ import annotations

import copy
import hashlib
import json
from typing import Any

import pytest
from click.testing import CliRunner

from app import clock
from app.cli import dispute as cli
from app.cli.errors import CommandError
from app.customer.attempts import service as attempts
from app.db.connection import connection, transaction
from app.disputes import exporting, exports_store, forgetting, record, store
from app.disputes.evidence import canonical
from tests.inline import settle
from tests.play import Play, play

__all__ = ["play"]


@pytest.fixture
def disputed(play: Play) -> tuple[int, int]:
    """A case whose customer says that nobody came, and their dispute."""
    case_id = play.courier()
    play.acknowledge(case_id)
    attempts.answer(case_id, "I was at home all day", [], clock.now(), came=False)
    settle()
    (found,) = store.of_case(connection(), case_id)
    return case_id, found.id


@pytest.fixture
def handed_out(disputed: tuple[int, int]) -> dict[str, Any]:
    with transaction() as conn:
        made = exporting.hand_out(conn, *disputed, "Ana", clock.now())
    read: dict[str, Any] = json.loads(json.dumps(made))
    return read


def test_what_was_handed_out_is_found_unchanged(handed_out: dict[str, Any]) -> None:
    assert handed_out["claim"]["customer"]["words"] == "I was at home all day"
    assert {piece["kind"] for piece in handed_out["evidence"]} >= {"report", "statement", "check"}
    assert handed_out["evidence"][-1]["link"] == handed_out["seal"]
    assert exporting.check(connection(), handed_out) == []


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, dict):
        return [p for name, one in value.items() for p in _paths(one, (*path, name))]
    if isinstance(value, list):
        return [p for number, one in enumerate(value) for p in _paths(one, (*path, number))]
    return [path]


def _changed(whole: dict[str, Any], path: tuple[Any, ...]) -> dict[str, Any]:
    other = copy.deepcopy(whole)
    part: Any = other
    for name in path[:-1]:
        part = part[name]
    part[path[-1]] = "changed" if part[path[-1]] != "changed" else "again"
    return other


def test_whatever_is_changed_in_it_is_seen(handed_out: dict[str, Any]) -> None:
    """Every single value of it, the digests themselves too."""
    paths = _paths(handed_out)
    assert len(paths) > 30
    assert [path for path in paths if not record.faults(_changed(handed_out, path))] == []


def test_what_is_left_out_put_in_or_moved_is_seen(handed_out: dict[str, Any]) -> None:
    pieces = handed_out["evidence"]
    for others in (pieces[1:], pieces[:-1], [*pieces, pieces[0]], pieces[::-1]):
        assert record.faults(handed_out | {"evidence": others})
    for broken in ({}, {"form": "x"}, {"form": record.FORM}, handed_out | {"evidence": None}):
        assert record.faults(broken)


def test_a_record_that_fits_itself_must_be_ours(handed_out: dict[str, Any]) -> None:
    """Whoever makes the whole chain anew has no seal that we have kept."""
    forged = copy.deepcopy(handed_out)
    forged["claim"]["state"] = "accepted"
    digests = record._chain(forged)
    for piece, digest in zip(forged["evidence"], digests[1:], strict=True):
        piece["link"] = digest
    forged["seal"] = digests[-1]
    assert record.faults(forged) == []
    assert "no record with this seal" in exporting.check(connection(), forged)[0]


def test_what_is_changed_in_the_database_is_seen(handed_out: dict[str, Any]) -> None:
    with transaction() as conn:
        conn.execute(
            "UPDATE dispute_evidence SET content = '{\"came\": true}' WHERE kind = 'statement'"
        )
    assert "not what it was" in exporting.check(connection(), handed_out)[0]


def test_what_comes_later_leaves_the_former_record_good(
    play: Play, disputed: tuple[int, int], handed_out: dict[str, Any]
) -> None:
    case_id, dispute_id = disputed
    attempts.answer(case_id, "My neighbour saw no van", [], clock.now(), came=False)
    settle()
    with transaction() as conn:
        later = exporting.hand_out(conn, case_id, dispute_id, "Ana", clock.now())
        exporting.hand_out(conn, case_id, dispute_id, "Ben", clock.now())
    assert later["seal"] != handed_out["seal"]
    assert exporting.check(connection(), handed_out) == []
    exports = exports_store.of(connection(), dispute_id)
    assert [one.former for one in exports] == ["", handed_out["seal"]]
    assert [one.made_by for one in exports] == ["Ana", "Ana"]  # nothing was new for Ben


@pytest.mark.parametrize("keyed", [True, False])
def test_a_customer_is_forgotten_and_both_records_still_verify(
    disputed: tuple[int, int], handed_out: dict[str, Any], keyed: bool
) -> None:
    """What was handed out before, and what can be handed out since; of former forms as well."""
    case_id, dispute_id = disputed
    before = handed_out
    with transaction() as conn:
        if not keyed:  # as it was recorded before there were keys
            conn.execute("UPDATE disputes SET salt = NULL")
            for piece in store.evidence(conn, [dispute_id]):
                plain = hashlib.sha256(canonical(piece.content)).hexdigest()
                conn.execute(
                    "UPDATE dispute_evidence SET sha256 = %s WHERE id = %s AND kind <> 'report'",
                    [plain, piece.id],
                )
            before = json.loads(json.dumps(exporting.hand_out(conn, *disputed, "Ana", clock.now())))
            assert before["form"] == record.FIRST_FORM
        assert exporting.check(conn, before) == []
        counts = forgetting.forget(conn, [case_id], clock.now())
        assert counts == {"disputes": 1, "dispute_evidence": len(before["evidence"])}
        assert forgetting.forget(conn, [case_id], clock.now())["disputes"] == 0
        after = json.loads(json.dumps(exporting.hand_out(conn, *disputed, "Ana", clock.now())))
    assert (exporting.check(connection(), before), exporting.check(connection(), after)) == ([], [])
    assert "home" not in json.dumps(after)
    assert after["salt"] == ""
    if keyed:
        assert after["seal"] == before["seal"]  # the chain is what it was
        kept = {p["kind"]: p["content"] for p in before["evidence"]}
        assert kept["statement"]["words"] == "I was at home all day"
    paths = [path for path in _paths(after) if path != ("salt",)]
    assert [path for path in paths if not record.faults(_changed(after, path))] == []


def test_at_the_terminal(handed_out, tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.cli.environment.attach", lambda: None)
    file = tmp_path / "record.json"
    file.write_text(json.dumps(handed_out, indent=2))
    run = CliRunner().invoke(cli.command, ["verify", str(file)])
    assert (run.exit_code, handed_out["seal"] in run.output) == (0, True)
    file.write_text(json.dumps(handed_out).replace("I was at home", "I was away"))
    run = CliRunner().invoke(cli.command, ["verify", str(file)])
    assert isinstance(run.exception, CommandError)
    assert "changed" in str(run.exception)
